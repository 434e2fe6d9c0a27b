//! Many threads at once on one account: its lock, the budget, and the notification of the journal.

use std::sync::Barrier;
use std::thread;

use event_listener::Listener;

use super::tests::{Step, accounts, comment};
use super::*;
use crate::core::ids::UploadToken;
use crate::core::journal::tests::entry;
use crate::core::tickets::{Ticket, TicketError};
use crate::core::uploads::BadToken;
use crate::core::users::Login;

const ROUNDS: usize = 10_000;

impl Account {
    fn create_with(&self, token: UploadToken) -> Result<Arc<Ticket>, TicketError> {
        let comments = vec![comment("a".to_owned(), Some(token))];
        let new = NewTicket { comments, ..NewTicket::default() };
        let login = Login::email("agent@example.org");
        let sender = Sender { login: Some(&login), client: None };
        self.create_ticket(new, sender, None, &self.settings()).map(|(result, _)| result.ticket)
    }
}

#[test]
fn one_of_two_tickets_has_the_file_each_time() {
    let (_, account) = accounts();
    let reject = |settings: &mut AccountSettings| {
        settings.bad_token_on_ticket = BadToken::Reject;
        Ok::<_, SettingError>(())
    };
    for round in 0..ROUNDS {
        account.change_settings(reject).expect("a valid setting");
        let file = account.file(1).expect("there is room");
        let upload = account.upload(file, None, &account.settings()).expect("there is room");
        let start = Barrier::new(2);
        let create = || {
            start.wait();
            account.create_with(upload.token)
        };
        let outcomes = thread::scope(|scope| {
            [(); 2].map(|()| scope.spawn(create)).map(|racer| racer.join().expect("a racer"))
        });
        let (created, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!((created.len(), refused.len()), (1, 1), "round {round}: {refused:?}");
        let ticket = created.into_iter().flatten().next().expect("one is created");
        assert_eq!(ticket.comments[0].attachments, [upload.attachments[0].original.id]);
        account.reset();
        drop((upload, ticket));
        assert_eq!(account.budget.used(), 0);
    }
}

#[test]
fn the_budget_holds_while_many_threads_change_an_account() {
    let (_, account) = accounts();
    thread::scope(|scope| {
        for thread in 0..8 {
            let account = &account;
            scope.spawn(move || {
                let mut token = None;
                for number in 0..1_000 {
                    let step = match (number + thread) % 14 {
                        0..5 => Step::Upload(2_000),
                        5 | 6 => Step::Append,
                        7 => {
                            Step::Create { texts: vec!["a".into()], properties: vec![], key: None }
                        }
                        8 => Step::DeleteUpload,
                        9 => Step::Save(number % 2),
                        10 => Step::Delete(1 + number as u64 % 4),
                        11 => Step::RestoreTicket(1 + number as u64 % 4),
                        12 => Step::Destroy(1 + number as u64 % 4),
                        _ if number % 7 == 0 => Step::Reset,
                        _ => Step::Restore(number % 2),
                    };
                    // A full store and a missing snapshot refuse some.
                    let _ = account.step(step, number, &mut token);
                    assert!(account.budget.used() <= account.budget.limit());
                }
            });
        }
    });
    for number in 0..2 {
        let _ = account.step(Step::Forget(number), 0, &mut None);
    }
    account.reset();
    assert_eq!(account.budget.used(), 0);
}

#[test]
fn each_entry_of_the_journal_wakes_those_that_wait() {
    const WRITERS: usize = 4;
    let (_, account) = accounts();
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                for _ in 0..ROUNDS / WRITERS {
                    account.record(entry("/"), None);
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                while last < ROUNDS as u64 {
                    let listener = account.listen();
                    let journal = account.journal(last);
                    if journal.last == last {
                        listener.wait();
                    }
                    assert!(journal.last >= last);
                    last = journal.last;
                }
            });
        }
    });
}
