//! The figures as Markdown, each beside its goal.

use std::fmt::Write;

use crate::figure::{Figure, with_extremes};
use crate::machine;
use crate::plan::{CPU_GOAL, MAX_STORED_PER_SLICE, P99_CONNECTIONS, P99_GOAL, Scale};
use crate::rounds::Comparison;

pub fn markdown(scale: &Scale, comparisons: &[Comparison], figures: &[Figure]) -> String {
    let mut out = String::new();
    heading(&mut out, scale)
        .and_then(|()| {
            if !comparisons.is_empty() {
                throughput(&mut out, comparisons)?;
                latencies(&mut out, comparisons)?;
            }
            if !figures.is_empty() {
                table_of_figures(&mut out, figures)?;
            }
            Ok(())
        })
        .expect("writing to a String cannot fail");
    out
}

fn heading(out: &mut String, scale: &Scale) -> std::fmt::Result {
    writeln!(out, "### zendesk-mock against two floors\n")?;
    if scale.smoke {
        writeln!(out, "**Smoke test: the answers are right; the figures mean nothing.**\n")?;
    }
    writeln!(out, "- Machine: {}", machine::description())?;
    writeln!(out, "- Date: {}", machine::date())?;
    writeln!(out, "- Versions: {}", machine::versions())?;
    writeln!(
        out,
        "- Method: interleaved rounds (floors, product, floors, …; {} of them), each slice {} ms or {} GiB stored, whichever \
         ends first, the product emptied before it; medians over the rounds, in parentheses the extremes. Sizes are decimal. \
         The load (one thread, keep-alive connections, each a closed loop) shares the cores with the server, alike for both: \
         that draws ratios of throughput towards 1, which is why the server's own processor time per request stands beside them. \
         The floor is bare axum that keeps the chunks of each body, as the product must, and frees them in bulk before its \
         next slice; `÷ drop` is the ratio to bare axum that drops them. In the first round memory is new to the process, \
         later it is what the emptying left.\n",
        scale.rounds,
        scale.slice.as_millis(),
        MAX_STORED_PER_SLICE >> 30,
    )
}

fn throughput(out: &mut String, comparisons: &[Comparison]) -> std::fmt::Result {
    writeln!(
        out,
        "| work | connections | requests/s | floor | ratio | goal | | first round | ÷ drop | server CPU per request, ratio | goal | |"
    )?;
    writeln!(
        out,
        "| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | --- |"
    )?;
    for comparison in comparisons {
        let item = &comparison.item;
        let rate = comparison.per_second();
        let (ratio, cpu) = (comparison.ratio(), comparison.cpu_ratio());
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | ≥ {:.2} | {} | {} | {} | {} | ≤ {CPU_GOAL:.2} | {} |",
            item.name,
            item.connections,
            count(rate.product),
            count(rate.floor),
            with_extremes(ratio),
            item.goal,
            mark(ratio.map(|ratio| ratio.median >= item.goal)),
            comparison.first_ratio().map_or("n/a".into(), |ratio| format!("{ratio:.2}")),
            comparison
                .dropping_ratio()
                .map_or("–".into(), |ratio| format!("{:.2}", ratio.median)),
            with_extremes(cpu),
            mark(cpu.map(|cpu| cpu.median <= CPU_GOAL)),
        )?;
    }
    writeln!(out)
}

fn latencies(out: &mut String, comparisons: &[Comparison]) -> std::fmt::Result {
    writeln!(out, "| work | connections | p50 | floor | p99 | floor | p99, ratio | goal | |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")?;
    for comparison in comparisons {
        let item = &comparison.item;
        let (p50, p99) = (comparison.p50(), comparison.p99());
        let ratio = comparison.p99_ratio();
        let (goal, met) = if item.connections == P99_CONNECTIONS {
            let met = ratio.map(|ratio| ratio.median <= P99_GOAL);
            (format!("≤ {P99_GOAL:.2}"), met)
        } else {
            ("–".to_owned(), None)
        };
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {goal} | {} |",
            item.name,
            item.connections,
            latency(p50.product),
            latency(p50.floor),
            latency(p99.product),
            latency(p99.floor),
            with_extremes(ratio),
            mark(met),
        )?;
    }
    writeln!(out)
}

fn table_of_figures(out: &mut String, figures: &[Figure]) -> std::fmt::Result {
    writeln!(out, "| what | zendesk-mock | floor | goal | |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | --- |")?;
    for Figure { what, product, floor, goal, met } in figures {
        writeln!(out, "| {what} | {product} | {floor} | {goal} | {} |", mark(*met))?;
    }
    Ok(())
}

fn mark(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "met",
        Some(false) => "**missed**",
        None => "–",
    }
}

pub fn count(per_second: f64) -> String {
    if per_second < 100.0 {
        return format!("{per_second:.1}");
    }
    let digits = format!("{per_second:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn latency(nanoseconds: f64) -> String {
    if nanoseconds < 1e6 {
        format!("{:.0} µs", nanoseconds / 1e3)
    } else {
        format!("{:.1} ms", nanoseconds / 1e6)
    }
}
