use proptest::prelude::*;

use crate::core::chains::*;
use crate::core::ids::{AccountId, Ids};

const GONE: fn(&ChainToken) -> Standing = |_| Standing::Gone;

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("an instant")
}

/// An upload whose file has this id.
fn issue(chains: &mut Chains, token: Token, file: u64, budget: &Arc<Budget>) {
    let issued = Step::new(StepKind::Issued, instant(0), Some(ObjectRef::Attachment(file)));
    chains.begin(ChainToken::Upload(token), issued, instant(60), budget);
}

fn is_empty(chains: &Chains) -> bool {
    let Chains { kept, by_token, by_file, by_image, .. } = chains;
    kept.is_empty() && by_token.is_empty() && by_file.is_empty() && by_image.is_empty()
}

proptest! {
    #[test]
    fn chains_stay_within_their_bounds_and_what_is_dropped_is_counted(
        limit in 0..40_000_u64,
        acts in prop::collection::vec((0..5_u8, 0..40_u64), 1..300),
    ) {
        let budget = Budget::new(limit);
        let (mut chains, mut ids) = (Chains::default(), Ids::seeded(1, AccountId(1)));
        let mut issued = Vec::new();
        for (act, which) in acts {
            let known = usize::try_from(which).ok().and_then(|which| issued.get(which).copied());
            match (act, known) {
                (0, _) => {
                    let token = ids.token(|_| false);
                    issue(&mut chains, token, issued.len() as u64, &budget);
                    issued.push(token);
                }
                (1, Some(_)) => chains.file_downloaded(which, instant(1)),
                (2, Some(_)) => chains.file_deleted(which, instant(1)),
                (3, Some(token)) => chains.attached(&[token], 1, instant(1)),
                (4, Some(token)) => chains.upload_deleted(token, instant(1)),
                _ => {}
            }
            let told = chains.all(GONE);
            prop_assert!(budget.used() <= limit);
            prop_assert!(budget.used() >= CHAIN * told.len() as u64);
            prop_assert_eq!(told.len() as u64 + chains.dropped(), issued.len() as u64);
            prop_assert!(told.iter().all(|chain| chain.steps.len() <= 1 + 16 + 1));
            let copy = chains.clone();
            let copied = copy.all(GONE);
            prop_assert!(budget.used() <= limit);
            prop_assert!(told.ends_with(&copied));
            prop_assert_eq!(copied.len() as u64 + copy.dropped(), issued.len() as u64);
            for chain in &copied {
                let same = |chains: &Chains| chains.find(chain.token, GONE);
                prop_assert_eq!(same(&chains), same(&copy));
            }
        }
        while !chains.kept.is_empty() {
            chains.drop_oldest();
        }
        prop_assert!(is_empty(&chains), "{:?}", chains);
        prop_assert_eq!(budget.used(), 0);
    }
}

#[test]
fn what_says_little_makes_room_for_what_says_much() {
    let budget = Budget::new(u64::MAX);
    let (mut chains, mut ids) = (Chains::default(), Ids::seeded(1, AccountId(1)));
    let token = ids.token(|_| false);
    issue(&mut chains, token, 0, &budget);
    for file in 1..40 {
        let number = chains.by_token[&ChainToken::Upload(token)];
        chains.by_file.insert(file, number);
        chains.file_downloaded(file, instant(1));
        if file == 1 {
            chains.attached(&[token], 7, instant(1));
        }
    }
    let chain = chains.find(ChainToken::Upload(token), GONE).expect("it is kept");
    assert_eq!((chain.steps.len(), chain.omitted, chain.missing), (17, 24, None));
    assert_eq!((chain.steps[0].kind, chain.steps[1].kind), (StepKind::Issued, StepKind::Attached));
    assert_eq!(chain.steps[16].about, Some(ObjectRef::Attachment(39)));
}

#[test]
fn an_account_keeps_only_so_many() {
    let budget = Budget::new(u64::MAX);
    let (mut chains, mut ids) = (Chains::default(), Ids::seeded(1, AccountId(1)));
    for file in 0..MOST as u64 + 5 {
        issue(&mut chains, ids.token(|_| false), file, &budget);
    }
    assert_eq!((chains.all(GONE).len(), chains.dropped()), (MOST, 5));
    assert_eq!(chains.by_file.len(), MOST);
}

#[test]
fn a_token_that_is_given_out_again_has_two_lives() {
    let budget = Budget::new(u64::MAX);
    let (mut chains, mut ids) = (Chains::default(), Ids::seeded(1, AccountId(1)));
    let token = ids.token(|_| false);
    issue(&mut chains, token, 1, &budget);
    chains.upload_deleted(token, instant(1));
    issue(&mut chains, token, 2, &budget);
    let waits = |_: &ChainToken| Standing::Waits(Missing::Attach);
    let missing: Vec<_> = chains.all(waits).iter().map(|chain| chain.missing).collect();
    assert_eq!(missing, [None, Some(Missing::Attach)]);
    chains.drop_oldest();
    assert!(chains.find(ChainToken::Upload(token), waits).is_some());
}

#[test]
fn what_a_chain_is_charged_covers_what_it_takes() {
    // A table that grows has up to twice as many places as it needs, and a list too.
    let in_tables =
        size_of::<(ChainToken, u64)>() + size_of::<(u64, u64)>() + size_of::<(ImageName, u64)>();
    let steps = 4 * size_of::<Step>();
    let chain = 2 * size_of::<Kept>() + 2 * in_tables + steps;
    assert!(chain as u64 <= CHAIN, "{chain}");
    assert!(2 * size_of::<Step>() <= 256, "{}", size_of::<Step>());
    assert!(2 * (size_of::<(u64, u64)>() + size_of::<u64>()) as u64 <= FILE);
}
