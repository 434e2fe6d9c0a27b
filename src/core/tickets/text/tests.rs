use proptest::prelude::*;

use super::*;

fn markdown(text: &str) -> CommentText {
    CommentText::from_markdown(text.to_owned()).expect("a short text")
}

fn html(text: &str) -> CommentText {
    CommentText::from_html(text).expect("a short text")
}

#[test]
fn one_line_is_one_paragraph_as_recorded() {
    let text = markdown("Some comment");
    assert_eq!(text.html(), "<p dir=\"auto\">Some comment</p>");
    assert_eq!((text.body(), text.plain()), ("Some comment", "Some comment"));
}

/// A ticket that every new account has, recorded in 2023.
#[test]
fn empty_lines_part_paragraphs_and_line_ends_break_lines_as_recorded() {
    let text = markdown("Hi there,\n\nI’m sending an email.\n\nThanks,\n The Customer");
    assert_eq!(
        text.html(),
        "<p dir=\"auto\">Hi there,</p>\n\n<p dir=\"auto\">I’m sending an email.</p>\n\n\
         <p dir=\"auto\">Thanks,\n<br> The Customer</p>"
    );
    assert_eq!(text.plain(), "Hi there, \n\n I’m sending an email. \n\n Thanks,\n\n The Customer");
}

/// Recorded on 2020-12-18.
#[test]
fn a_bare_url_is_a_link_as_recorded() {
    let text = markdown("This is on slack https://a.slack.com/archives/C0/p16.");
    assert_eq!(
        text.html(),
        "<p dir=\"auto\">This is on slack <a href=\"https://a.slack.com/archives/C0/p16\" \
         rel=\"noreferrer\">https://a.slack.com/archives/C0/p16</a>.</p>"
    );
    assert_eq!(text.plain(), text.body());
}

#[test]
fn documented_markdown_becomes_html() {
    const LINK: &str = "<a href=\"https://x.test/\" rel=\"noreferrer\">";
    for (sent, expected) in [
        ("**bold**", "<p dir=\"auto\"><strong>bold</strong></p>".to_owned()),
        ("*it* `c<d`", "<p dir=\"auto\"><em>it</em> <code>c&lt;d</code></p>".to_owned()),
        ("* a\n* b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>".to_owned()),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>".to_owned()),
        ("## a\nb", "<h2>a</h2>\n<p dir=\"auto\">b</p>".to_owned()),
        ("[a](https://x.test/)", format!("<p dir=\"auto\">{LINK}a</a></p>")),
        ("(https://x.test/)", format!("<p dir=\"auto\">({LINK}https://x.test/</a>)</p>")),
        ("<https://x.test/>", format!("<p dir=\"auto\">{LINK}https://x.test/</a></p>")),
        ("```\nhttps://x.test/\n```", "<pre><code>https://x.test/\n</code></pre>".to_owned()),
        (
            "![](https://x.test/?name=a+b.png)",
            "<p dir=\"auto\"><img src=\"https://x.test/?name=a+b.png\" alt=\"\" /></p>".to_owned(),
        ),
        ("> a\n> b", "<blockquote>\n<p dir=\"auto\">a\n<br>b</p>\n\n</blockquote>".to_owned()),
    ] {
        assert_eq!(markdown(sent).html(), expected, "{sent}");
    }
}

#[test]
fn html_in_markdown_is_text() {
    let text = markdown("<script>a & \"b\"</script>");
    let expected = "<p dir=\"auto\">&lt;script&gt;a &amp; \"b\"&lt;/script&gt;</p>";
    assert_eq!(text.html(), expected);
    assert_eq!(text.plain(), text.body());
    let text = markdown("<div> ![](https://x.test/a.png)\nb</div>");
    assert!(text.html().contains("<img src=\"https://x.test/a.png\""), "{}", text.html());
    let text = markdown("[a](javascript:alert) ![b](javascript:alert)");
    assert_eq!(text.html(), "<p dir=\"auto\">a b</p>");
}

/// `plain_body` of comments by e-mail, recorded on 2019-03-27 and in 2023, and of a comment by the
/// API, recorded on 2023-08-02.
#[test]
fn plain_bodies_of_html_are_the_recorded_ones() {
    let image = "<img src=\"https://x.test/?name=fuse.jpg\" alt=\"fuse.jpg\" width=\"538\">";
    let by_mail = format!(
        "\n<div dir=\"ltr\">via EMAIL:<br><br><div>\n{image}<br>\n</div>\n<div><br></div>\n\
         <div>Hope that helps.</div>\n</div>\n<br>\n"
    );
    let text = html(&by_mail);
    assert_eq!(text.plain(), "via EMAIL:\n\n \n\n\n \n \n \n Hope that helps.");
    // Recorded with other white space: "via EMAIL:\n\n\n ![fuse.jpg](…)\n\n\n\nHope that helps."
    let expected = "via EMAIL:\n\n![fuse.jpg](https://x.test/?name=fuse.jpg)\n\nHope that helps.";
    assert_eq!(text.body(), expected);
    let text = html("Hello<div><br><div><div><div><div><div><b>Georges Petrov</b><br></div></div>");
    assert_eq!(text.plain(), "Hello \n     Georges Petrov");
    assert_eq!(text.body(), "Hello\n\n**Georges Petrov**", "recorded with one line end more");
    let text = html("A quick test<br>&nbsp;<br>");
    assert_eq!((text.body(), text.plain()), ("A quick test", "A quick test\n&nbsp;"));
}

#[test]
fn an_image_is_one_in_markdown_too() {
    for alt in ["", "a](b.png", "[x]", "ü*x*.png", "a\\", "`a`", "my_file_1.png", "a\\](b"] {
        for (source, expected) in [
            ("https://x.test/a(1).png", "https://x.test/a(1).png"),
            ("https://x.test/a b.png", "https://x.test/a%20b.png"),
            ("https://x.test/a).png", "https://x.test/a%29.png"),
            ("https://x.test/)a(.png", "https://x.test/%29a%28.png"),
        ] {
            let body = html(&format!("<img src=\"{source}\" alt=\"{alt}\">")).body().to_owned();
            let image = format!("<img src=\"{expected}\" alt=\"{alt}\" />");
            let sent_back = markdown(&body);
            assert!(sent_back.html().contains(&image), "{body}: {}", sent_back.html());
        }
    }
    let link = html("<a href=\"https://x.test/a b)\">c</a>").body().to_owned();
    assert_eq!(link, "[c](https://x.test/a%20b%29)");
}

#[test]
fn markup_without_text_or_image_is_blank() {
    for blank in [
        "",
        " \n\t",
        "<p></p>",
        "<p dir=\"auto\"> </p>\n<p></p>",
        "<br>",
        "<div><br/><br /></div>",
        "&nbsp;",
        "<p>&nbsp;&#160;\u{a0}</p>",
        "&ensp;&emsp;<b>&thinsp;</b>",
        "<!-- a comment -->",
        "<p><!-- <img src=\"/i.png\"> --></p>",
        "<b><i> </i></b>",
        "<ul><li></li></ul><ol><li> </ol>",
        "<h1></h1><pre>\n</pre><blockquote></blockquote>",
        "<table><tr><td></td></tr></table>",
        "<a href=\"https://x.test\"></a>",
        "<script>alert(1)</script><style>p {}</style>",
        "<p",
    ] {
        assert!(html(blank).is_blank(), "{blank}: {:?}", html(blank));
    }
    for shown in [
        "a",
        "<p>.</p>",
        "<img src=\"/i.png\">",
        "<p>&nbsp;<img src=\"cid:1\" alt=\"\"></p>",
        "<a href=\"/x\"><img src=\"/i.png\"></a>",
        "&lt;",
        "<hr>",
        "&#x1f600;",
    ] {
        assert!(!html(shown).is_blank(), "{shown}: {:?}", html(shown));
    }
    assert!(markdown(" \u{a0}\n").is_blank() && !markdown("<p></p>").is_blank());
}

#[test]
fn the_body_of_html_is_markdown() {
    for (sent, expected) in [
        (
            "<p>first</p><p>second</p><ul><li>one</li></ul>a<br>b",
            "first\n\nsecond\n\n* one\n\na\nb",
        ),
        ("<p>see <b>this</b> &amp; that</p>", "see **this** & that"),
        ("a<i>b</i>c<strong> </strong>d", "a_b_c d"),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</ol>d", "1. a\n  * b\n2. c\n\nd"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("<a href=\"https://x.test\">x</a> <a href=\"/y\"></a>", "[x](https://x.test)"),
        ("<a href=\"https://x.test\">https://x.test</a>", "https://x.test"),
        ("<a href=\"/x\"><img src=\"/i.png\"></a>", "[![](/i.png)](/x)"),
        ("a <img src='/i.png' alt='an\n image'>b", "a ![an image](/i.png)b"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ("<pre>a<option>b <i>c</i></pre>", "a b _c_"),
        ("<h2>a</h2>b<h3></h3>c", "## a\n\nb\n\nc"),
        ("a<hr>b", "a\n\n* * *\n\nb"),
        ("<form>a</form><address>b</address><unknown>c", "a\nb\nc"),
    ] {
        assert_eq!(html(sent).body(), expected, "{sent}");
    }
}

#[test]
fn only_harmless_html_is_kept() {
    for (sent, kept) in [
        ("<p>see <b>this</b> &amp; that</p>", "<p>see <b>this</b> &amp; that</p>"),
        ("a<script>b</script>c<style>d</style>e", "a c e"),
        ("<svg><svg></svg><p>x</p></svg>a", " <p>x</p> a"),
        ("<svg><style>p{}</style><text onload=\"f()\">x</text></svg>a", " x a"),
        ("<b onclick=x style='color: red' id=y>a", "<b style=\"color: red\">a</b>"),
        ("<b style='background: url(x)'>a</b>", "<b>a</b>"),
        ("<a href='java\nscript:x'>a</a>", "<a rel=\"noreferrer\">a</a>"),
        (
            "<a href='https://x.test?a&b'>a</a>",
            "<a href=\"https://x.test?a&amp;b\" rel=\"noreferrer\">a</a>",
        ),
        ("<img src='javascript:x'><img>a", "a"),
        ("<p>a<p>b<li>c<li>d</b>", "<p>a</p><p>b</p><li>c</li><li>d</li>"),
        ("<!-- a --><b>b<i>c</b>d</i>", "<b>b<i>c</i></b>d"),
        ("a < b <", "a &lt; b &lt;"),
    ] {
        assert_eq!(html(sent).html(), kept, "{sent}");
    }
}

#[test]
fn a_text_is_long_in_characters() {
    let longest = "ä".repeat(65_535);
    assert!(CommentText::from_markdown(longest.clone()).is_ok());
    assert!(CommentText::from_html(&longest).is_ok());
    assert!(CommentText::from_markdown(longest.clone() + "a").is_err());
    assert!(CommentText::from_html(&(longest + "a")).is_err());
}

/// Each would take minutes or gigabytes if work grew with the square of its length. The slowest
/// took a second, without optimization, when this was written.
#[test]
fn hostile_texts_take_little_work() {
    let repeated = |text: &str| text.repeat(65_535 / text.len());
    let half = |text: &str| text.repeat(32_000 / text.len());
    let numbered = |text: &str, count: usize| -> String {
        (0..count).map(|number| text.replace('#', &number.to_string())).collect()
    };
    let texts = [
        repeated("<b>"),
        repeated("<div>"),
        repeated("<p><b>"),
        half("<div>") + &half("</span>"),
        numbered("<font size=#>", 2_000) + &half("<p>x"),
        "<table>".to_owned() + &half("<b>") + &half("<tr>x"),
        repeated("<svg>"),
        repeated("<ul><li>"),
        repeated("<a href=x>"),
        repeated("<a b"),
        repeated("&"),
        repeated("<"),
        repeated(">"),
        repeated("*"),
        repeated("**a"),
        repeated("["),
        repeated("![]("),
        half("[") + &half("]"),
        repeated("`a``"),
        repeated("> "),
        repeated("- "),
        repeated("* a\n "),
        repeated("http://"),
        repeated("http://a"),
        repeated("http://a*b "),
        repeated("http://[a](b)"),
        repeated("a.b@"),
        numbered("[#]: x\n", 3_000) + &numbered("[#]", 3_000),
        repeated("\n"),
        repeated("a\n"),
        repeated("\\"),
    ];
    for text in texts {
        let begins: String = text.chars().take(20).collect();
        let (markdown, html) = (markdown(&text), html(&text));
        let longest = 64 * text.len();
        assert!(markdown.len() < longest && html.len() < longest, "{begins}");
    }
}

/// A piece of a document: its HTML, its words with the number of their block, its images.
#[derive(Debug, Clone)]
enum Node {
    Text(u32),
    Break,
    Image(u32, String),
    Inline(&'static str, Vec<Node>),
    Block(&'static str, Vec<Node>),
}

fn any_nodes() -> impl Strategy<Value = Vec<Node>> {
    let leaf = prop_oneof![
        4 => any::<u32>().prop_map(Node::Text),
        1 => Just(Node::Break),
        1 => (any::<u32>(), "[a-z ]{0,5}").prop_map(|(name, alt)| Node::Image(name, alt)),
    ];
    let inline = prop::sample::select(vec!["b", "i", "em", "strong", "span", "u", "code", "font"]);
    let block = prop::sample::select(vec![
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "table",
        "tr",
        "td",
        "th",
        "h1",
        "h3",
        "blockquote",
        "pre",
        "section",
        "article",
        "address",
        "form",
        "fieldset",
        "dl",
        "dt",
        "dd",
        "figure",
        "center",
        "details",
        "summary",
        "main",
        "header",
        "option",
        "button",
        "x-own",
    ]);
    let node = leaf.prop_recursive(5, 60, 6, move |inside| {
        let children = prop::collection::vec(inside, 0..6);
        prop_oneof![
            (inline.clone(), children.clone())
                .prop_map(|(name, inside)| Node::Inline(name, inside)),
            (block.clone(), children).prop_map(|(name, inside)| Node::Block(name, inside)),
        ]
    });
    prop::collection::vec(node, 0..8)
}

/// What a document is made of, in order. `None` parts words.
fn write(
    nodes: &[Node],
    closes: bool,
    html: &mut String,
    words: &mut Vec<Option<String>>,
    images: &mut Vec<String>,
) {
    for node in nodes {
        match node {
            Node::Text(number) => {
                let word = format!("w{}x{number}", words.len());
                html.push_str(&word);
                words.push(Some(word));
            }
            Node::Break => {
                html.push_str("<br>");
                words.push(None);
            }
            Node::Image(number, alt) => {
                let url = format!("https://desk.test/attachments/token/{number}/?name=a+b.png");
                html.push_str(&format!("<img alt=\"{alt}\" src=\"{url}\">"));
                images.push(url);
            }
            Node::Inline(name, inside) => {
                html.push_str(&format!("<{name}>"));
                write(inside, closes, html, words, images);
                html.push_str(&format!("</{name}>"));
            }
            Node::Block(name, inside) => {
                html.push_str(&format!("<{name}>"));
                words.push(None);
                write(inside, closes, html, words, images);
                if closes {
                    html.push_str(&format!("</{name}>"));
                    words.push(None);
                }
            }
        }
    }
}

/// Whether there is white space between words that something parts.
fn parts_words(text: &str, words: &[Option<String>]) -> bool {
    let mut rest = text;
    let mut is_parted = false;
    for word in words {
        let Some(word) = word else {
            is_parted = true;
            continue;
        };
        let Some((between, behind)) = rest.split_once(&**word) else { return false };
        let is_first = rest.len() == text.len();
        if is_parted && !is_first && !between.contains(char::is_whitespace) {
            return false;
        }
        (rest, is_parted) = (behind, false);
    }
    true
}

proptest! {
    #[test]
    fn words_of_different_blocks_are_apart_and_images_stay(nodes in any_nodes(), closes: bool) {
        let (mut sent, mut words, mut images) = (String::new(), Vec::new(), Vec::new());
        write(&nodes, closes, &mut sent, &mut words, &mut images);
        let text = html(&sent);
        prop_assert!(parts_words(text.body(), &words), "{sent}\n{}", text.body());
        prop_assert_eq!(text.is_blank(), words.iter().all(Option::is_none) && images.is_empty(), "{}", sent);
        prop_assert!(parts_words(text.plain(), &words), "{sent}\n{}", text.plain());
        for image in images {
            prop_assert!(text.body().contains(&format!("]({image})")), "{sent}\n{}", text.body());
            prop_assert!(text.html().contains(&image), "{sent}\n{}", text.html());
        }
    }

    #[test]
    fn clean_html_is_clean(sent in "(<[a-z/]{0,4}[ =\"'>]|[a-z&;:]{0,5}|<(p|b|li|td|/p|/b)>|.){0,60}") {
        let once = html(&sent);
        let twice = html(once.html());
        prop_assert_eq!(once.html(), twice.html());
        prop_assert_eq!(once.body(), twice.body());
    }

    #[test]
    fn any_markdown_is_rendered(sent in "([*_`\\[\\]()!<>#\n -]|https://[a-z.]{0,6}|[a-z]{0,5}|.){0,60}") {
        let text = markdown(&sent);
        prop_assert_eq!(text.body(), &sent);
        let tags: String = clean_html(text.html());
        prop_assert!(!text.html().contains("<script"), "{}", tags);
    }
}
#[test]
fn each_of_several_urls_is_a_link() {
    for (sent, urls) in [
        ("http://x.test,http://y.test", vec!["http://x.test", "http://y.test"]),
        ("http://x.test, http://y.test", vec!["http://x.test", "http://y.test"]),
        ("http://x.test;https://y.test", vec!["http://x.test", "https://y.test"]),
        ("http://x.test:80/a,b,http://y.test/c", vec!["http://x.test:80/a,b", "http://y.test/c"]),
        ("(http://x.test)(ftp://y.test)", vec!["http://x.test", "ftp://y.test"]),
        ("http://x.test|http://y.test", vec!["http://x.test", "http://y.test"]),
        ("HTTP://x.test,HTTPS://y.test", vec!["HTTP://x.test", "HTTPS://y.test"]),
        ("http://x.test,y.test", vec!["http://x.test"]),
        ("http://x.test;http://", vec!["http://x.test"]),
        ("http://x.test/?u=http://y.test/", vec!["http://x.test/?u=http://y.test/"]),
        ("http://x.test/a,b", vec!["http://x.test/a,b"]),
        (",://,http://x.test", vec!["http://x.test"]),
        ("ä,http://x.test,ä", vec!["http://x.test"]),
    ] {
        let text = markdown(sent);
        let links = text.html().split("<a href=\"").skip(1);
        let links: Vec<_> = links.filter_map(|link| Some(link.split_once('"')?.0)).collect();
        assert_eq!(links, urls, "{sent}: {}", text.html());
        assert_eq!(text.plain(), sent, "{sent}");
    }
}

#[test]
fn the_signs_of_a_bare_url_are_no_markup() {
    let link = |url: &str| format!("<a href=\"{url}\" rel=\"noreferrer\">{url}</a>");
    let paragraph = |inside: &str| format!("<p dir=\"auto\">{inside}</p>");
    for url in [
        "https://x.test/a*b*c",
        "https://x.test/_a_/b",
        "https://x.test/a**b**c",
        "https://x.test/a`b`c",
        "https://x.test/a[b]c",
        "https://x.test/?name=%C3%BC*x*.png",
        "https://x.test/a\\*b\\*c",
        "https://x.test/f[g]",
        "https://x.test/?ids[]",
        "https://x.test/?ids[]=1&amp;ids[]=2",
        "https://x.test/f[g[h]]",
        "https://x.test/f(g)",
        "https://x.test/f{g}",
        "https://x.test/f[g]*h*i",
        "https://x.test/f(g)(h)",
        "https://x.test/a|b",
        "https://x.test/a]b",
        "https://x.test/a)b",
        "https://x.test/a}b[c",
        "https://x.test/a^b'c",
        "https://x.test:8080/#a[0]|b",
        "https://x.test/ü/f[ü]",
    ] {
        let sent = url.replace("&amp;", "&");
        let text = markdown(&format!("see {sent} and *it*"));
        let expected = format!("see {} and <em>it</em>", link(url));
        assert_eq!(text.html(), paragraph(&expected), "{url}");
    }
    let (a, bold) = (link("https://x.test/a"), link("https://x.test/a_b_c"));
    for (sent, expected) in [
        ("**https://x.test/a**", format!("<strong>{a}</strong>")),
        ("*see https://x.test/a_b_c*.", format!("<em>see {bold}</em>.")),
        ("https://x.test/a b*c*", format!("{a} b<em>c</em>")),
        ("[https://x.test/a]", format!("[{a}]")),
        ("([{https://x.test/a}]).", format!("([{{{a}}}]).")),
        ("https://x.test/a[", format!("{a}[")),
        ("https://x.test/a]])", format!("{a}]])")),
        ("'https://x.test/a', x", format!("'{a}', x")),
        ("git+https://x.test/a xhttp://x.test", "git+https://x.test/a xhttp://x.test".to_owned()),
        ("http:// https://. ...https://x.test/a", format!("http:// https://. ...{a}")),
        ("`https://x.test/a*b*`", "<code>https://x.test/a*b*</code>".to_owned()),
        (
            "[*b*](https://x.test/a*b*)",
            "<a href=\"https://x.test/a*b*\" rel=\"noreferrer\"><em>b</em></a>".to_owned(),
        ),
        (
            "https://x.test/a[b](https://y.test/)",
            format!("{a}<a href=\"https://y.test/\" rel=\"noreferrer\">b</a>"),
        ),
    ] {
        assert_eq!(markdown(sent).html(), paragraph(&expected), "{sent}");
    }
}

#[test]
fn the_text_of_formulas_and_drawings_is_kept() {
    for (sent, plain) in [
        ("<math><mi>x</mi><mo>=</mo><mn>2</mn></math>", "x  =  2"),
        ("<svg><text x=\"1\">hello</text></svg>", "hello"),
        ("<p>see <math><mi>x</mi></math></p>", "see x"),
        ("<svg><script>f()</script><text>a</text></svg>", "a"),
    ] {
        let text = html(sent);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(text.plain()), words(plain), "{sent}: {:?}", text.plain());
        assert!(!text.is_blank() && !text.html().contains("math") && !text.html().contains("svg"));
    }
    assert!(html("<svg width=\"1\"><path d=\"M0 0\"/></svg>").is_blank());
}
