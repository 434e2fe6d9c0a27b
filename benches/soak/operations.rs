//! What clients do, and how often.

/// What each visit draws from, the frequent ones several times.
pub const OPERATIONS: &[Operation] = {
    use Operation::*;
    &[
        Upload,
        Upload,
        Upload,
        Upload,
        Append,
        Append,
        Delete,
        Ticket,
        Ticket,
        Comment,
        Image,
        Image,
        Download,
        Download,
        Download,
        Range,
        Range,
        SlowUpload,
        SlowDownload,
        LeaveInUpload,
        LeaveInUpload,
        LeaveInDownload,
        LeaveInDownload,
        Hang,
        Fault,
        Cut,
        Impair,
        Snapshot,
        Reset,
        Advance,
        Journal,
        Events,
        Export,
        Fill,
        Malformed,
    ]
};

macro_rules! operations {
    ($($name:ident: $text:literal,)+) => {
        #[derive(Clone, Copy, Debug)]
        pub enum Operation { $($name),+ }

        impl Operation {
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

operations! {
    Upload: "uploads",
    Append: "appends",
    Delete: "deletes",
    Ticket: "tickets",
    Comment: "comments",
    Image: "images, published and served",
    Download: "downloads",
    Range: "ranges",
    SlowUpload: "slow uploads",
    SlowDownload: "slow downloads",
    LeaveInUpload: "disconnects in an upload",
    LeaveInDownload: "disconnects in a download",
    Hang: "disconnects from a request that hangs",
    Fault: "faults added and removed",
    Cut: "requests that are cut",
    Impair: "delays, throttles and truncations",
    Snapshot: "snapshots, restored and deleted",
    Reset: "resets",
    Advance: "clock moves",
    Journal: "journals read",
    Events: "event streams",
    Export: "exports",
    Fill: "uploads, of which some fill the memory",
    Malformed: "malformed requests",
}
