//! One chain: its steps, in order and bounded, and which step is missing.

use std::fmt;

use strum::IntoStaticStr;
use ulid::Ulid;

use crate::core::blobs::{Charge, Exhausted};
use crate::core::clock::Timestamp;
use crate::core::ids::{ImageName, Token};
use crate::core::journal::ObjectRef;

/// How many steps a chain lists behind its first.
const MOST_STEPS: usize = 16;
/// As many as most chains have. What a chain is charged covers them.
const FREE_STEPS: usize = 4;
/// What one more step takes, in bytes, about.
const STEP: u64 = 256;

/// What a chain is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChainToken {
    /// An upload token.
    Upload(Token),
    /// An image token.
    Image(Ulid),
}

impl ChainToken {
    /// Reads a token of either kind, which differ in length.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let image = || Ulid::from_string(text).ok().map(Self::Image);
        Token::parse(text).map(Self::Upload).or_else(image)
    }

    /// `upload` or `image`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Upload(_) => "upload",
            Self::Image(_) => "image",
        }
    }
}

impl fmt::Display for ChainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload(token) => token.fmt(f),
            Self::Image(token) => token.fmt(f),
        }
    }
}

/// What happened to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum StepKind {
    /// It was given out; for an upload with its first file.
    Issued,
    /// The upload got another file.
    Appended,
    /// The bytes of the image arrived.
    Stored,
    /// The image got its path.
    Published,
    /// A ticket took the files.
    Attached,
    /// A file was asked for by its URL.
    Downloaded,
    /// The upload was deleted, or one of its files.
    Deleted,
    /// It ended, and the step that was missing never came.
    Expired,
}

/// One step of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happened.
    pub kind: StepKind,
    /// When it happened first, on the account's clock.
    pub at: Timestamp,
    /// How often it happened. Downloads of one file are one step, and so are PUTs of one image.
    pub times: u64,
    /// When it happened last.
    pub last_at: Timestamp,
    /// The file, ticket or image that it was about, if there is more to say than the token.
    pub about: Option<ObjectRef>,
}

impl Step {
    /// A step that happened once.
    pub fn new(kind: StepKind, at: Timestamp, about: Option<ObjectRef>) -> Self {
        Self { kind, at, times: 1, last_at: at, about }
    }

    /// Whether it says little of what became of the token.
    fn is_minor(&self) -> bool {
        let of_a_file = self.about.is_some();
        match self.kind {
            StepKind::Appended | StepKind::Downloaded => true,
            StepKind::Deleted => of_a_file,
            _ => false,
        }
    }
}

/// The step that a token still waits for, or waited for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Missing {
    /// A ticket or request that names the upload token.
    Attach,
    /// The PUT of the image's bytes.
    Store,
    /// The publication of the image.
    Publish,
}

/// How a token stands with the account at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is alive, and waits for this.
    Waits(Missing),
    /// It is alive, and waits for nothing.
    Complete,
    /// It is not alive: attached, deleted or expired.
    Gone,
}

/// The life of a token, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The token.
    pub token: ChainToken,
    /// When it ends, or ended, unless it is used before.
    pub expires_at: Timestamp,
    /// What happened to it, in order.
    pub steps: Vec<Step>,
    /// Steps that are not listed, since there were too many.
    pub omitted: u64,
    /// The step that is missing. When it is complete or was deleted, none is.
    pub missing: Option<Missing>,
}

/// A chain as it is kept.
#[derive(Debug)]
pub struct Kept {
    pub token: ChainToken,
    pub issued: Step,
    /// Files that were appended.
    pub files: Vec<u64>,
    /// The image that it became.
    pub image: Option<ImageName>,
    /// Whether its bytes arrived.
    pub is_stored: bool,
    /// Whether it was used or deleted, so that it cannot expire any more.
    pub is_done: bool,
    pub charge: Charge,
    expires_at: Timestamp,
    later: Vec<Step>,
    omitted: u64,
}

impl Kept {
    /// A chain that begins.
    pub fn new(token: ChainToken, issued: Step, expires_at: Timestamp, charge: Charge) -> Self {
        Self {
            token,
            issued,
            files: Vec::new(),
            image: None,
            is_stored: false,
            is_done: false,
            charge,
            expires_at,
            later: Vec::new(),
            omitted: 0,
        }
    }

    /// A copy, and charged as one.
    pub fn again(&self) -> Result<Self, Exhausted> {
        Ok(Self {
            token: self.token,
            issued: self.issued.clone(),
            files: self.files.clone(),
            image: self.image,
            is_stored: self.is_stored,
            is_done: self.is_done,
            charge: self.charge.again()?,
            expires_at: self.expires_at,
            later: self.later.clone(),
            omitted: self.omitted,
        })
    }

    /// Adds a step. When there are too many, one makes room that says little of what became of the token.
    pub fn add(&mut self, kind: StepKind, at: Timestamp, about: Option<ObjectRef>) {
        let counts = matches!(kind, StepKind::Downloaded | StepKind::Stored);
        let mut same =
            self.later.iter_mut().filter(|step| step.kind == kind && step.about == about);
        if let Some(step) = same.next().filter(|_| counts) {
            (step.times, step.last_at) = (step.times + 1, at);
            return;
        }
        let steps = self.later.len();
        let is_full = steps >= MOST_STEPS
            || steps >= FREE_STEPS && matches!(self.charge.grow(STEP), Err(Exhausted));
        if is_full {
            let minor = self.later.iter().position(Step::is_minor);
            self.later.remove(minor.unwrap_or(0));
            self.omitted += 1;
        }
        self.later.push(Step::new(kind, at, about));
    }

    /// The chain as it is told, by how its token stands.
    pub fn tell(&self, standing: Standing) -> Chain {
        let mut steps = Vec::with_capacity(self.later.len() + 2);
        steps.push(self.issued.clone());
        steps.extend_from_slice(&self.later);
        let missing = match standing {
            Standing::Waits(missing) => Some(missing),
            Standing::Complete => None,
            Standing::Gone if self.is_done => None,
            Standing::Gone => {
                steps.push(Step::new(StepKind::Expired, self.expires_at, None));
                Some(match self.token {
                    ChainToken::Upload(_) => Missing::Attach,
                    ChainToken::Image(_) if self.is_stored => Missing::Publish,
                    ChainToken::Image(_) => Missing::Store,
                })
            }
        };
        let Self { token, expires_at, omitted, .. } = *self;
        Chain { token, expires_at, steps, omitted, missing }
    }
}
