//! The known differences that responses name.

use strum::VariantNames;

/// A known difference from Zendesk that responses name. The file of its topic describes it under the
/// same name in kebab case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum KnownDifference {
    UploadLife,
    UploadShown,
    UnknownType,
    NoExtension,
    ContentNotCompared,
    EmptyContentType,
    UndecodableText,
    OtherFormName,
    CurlFormType,
    UploadLimit,
    FilesPerUpload,
    DeletionAtOnce,
    DirectDownload,
    TemporaryUrlLife,
    BadTokenRefused,
    AttachmentOnlyComment,
    AppendToAttached,
    MalformedJson,
    PropertiesNotKept,
    IdsUnchecked,
    AnyStatus,
    SafeUpdateUnstamped,
    TextLimits,
    PeopleUnchecked,
    MalformedCopies,
    TagsAsSent,
    SortAndInclude,
    EndlessOffset,
    IdempotencyHit,
    CallersBecomeAdmins,
    UserProperties,
    Autocompletion,
    ImpersonationCredentials,
    RequestsForAll,
    HiddenRequest,
    SessionReadsNothingPrivate,
    JobsAtOnce,
    TicketAtOnce,
    TicketDeletion,
    RedactionKeepsUrl,
    RedactionRules,
    RecentTickets,
    SearchAtOnce,
    RequestScopes,
    SideConversations,
    AnonymousUser,
    NamedObjects,
    ImageNames,
    StoredType,
    PublishedOnce,
    AnyBrand,
    ImageSession,
    PutAfterPublication,
    NoReadBack,
    NoChecksums,
    NoReservation,
    OneCsrfToken,
    EndpointRefusal,
}

/// The differences that affect a response, one bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DifferenceSet(u64);

impl DifferenceSet {
    /// The differences of either.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let named = KnownDifference::VARIANTS.iter().enumerate();
        named.filter(move |(place, _)| self.0 >> place & 1 == 1).map(|(_, name)| *name)
    }
}

impl From<KnownDifference> for DifferenceSet {
    fn from(difference: KnownDifference) -> Self {
        const { assert!(KnownDifference::VARIANTS.len() <= u64::BITS as usize, "too few bits") }
        Self(1 << difference as u32)
    }
}
