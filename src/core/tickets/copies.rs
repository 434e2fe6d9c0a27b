//! The users that get copies of a ticket: e-mail CCs and followers, as documented. The documented
//! `collaborator_ids` are both.

use crate::core::users::Requester;

/// A user as a client names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopiedUser {
    Id(u64),
    Named(Requester),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyList {
    EmailCcs,
    Followers,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyChange {
    pub list: CopyList,
    pub person: CopiedUser,
    /// Whether the user leaves the list.
    pub removes: bool,
}

/// What a request changes about copies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopyChanges {
    /// The collaborators, if all are replaced.
    pub collaborators: Option<Vec<CopiedUser>>,
    pub changes: Vec<CopyChange>,
}

impl CopyChanges {
    pub fn is_empty(&self) -> bool {
        self.collaborators.is_none() && self.changes.is_empty()
    }

    /// All people that it names.
    pub fn people(&self) -> impl Iterator<Item = &CopiedUser> {
        let replaced = self.collaborators.iter().flatten();
        replaced.chain(self.changes.iter().map(|change| &change.person))
    }

    /// The people that it adds and that it does not name by id.
    pub fn new_people(&self) -> impl Iterator<Item = &Requester> {
        let added = self.changes.iter().filter(|change| !change.removes);
        let replaced = self.collaborators.iter().flatten();
        let people = replaced.chain(added.map(|change| &change.person));
        people.filter_map(|person| match person {
            CopiedUser::Id(_) => None,
            CopiedUser::Named(named) => Some(named),
        })
    }

    /// The CCs and the followers that result. `id` finds the id of a user, if there is one or if
    /// one is to be made.
    pub fn apply(
        &self,
        email_ccs: &[u64],
        followers: &[u64],
        mut id: impl FnMut(&CopiedUser, bool) -> Option<u64>,
    ) -> (Vec<u64>, Vec<u64>) {
        let (mut email_ccs, mut followers) = (email_ccs.to_vec(), followers.to_vec());
        if let Some(collaborators) = &self.collaborators {
            let mut all: Vec<_> =
                collaborators.iter().filter_map(|person| id(person, true)).collect();
            // A follower is a collaborator already.
            all.retain(|id| !followers.contains(id));
            email_ccs.clear();
            all.into_iter().for_each(|id| add(&mut email_ccs, id));
        }
        for CopyChange { list, person, removes } in &self.changes {
            let Some(id) = id(person, !removes) else { continue };
            let list = match list {
                CopyList::EmailCcs => &mut email_ccs,
                CopyList::Followers => &mut followers,
            };
            if *removes {
                list.retain(|other| *other != id);
            } else {
                add(list, id);
            }
        }
        (email_ccs, followers)
    }
}

fn add(list: &mut Vec<u64>, id: u64) {
    if !list.contains(&id) {
        list.push(id);
    }
}
