//! The frames of HTTP/2 in one direction of a connection (RFC 9113, section 4.1).

/// What a client sends before its first frame.
const PREFACE: usize = 24;
const HEAD: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;

/// Finds the frames that carry messages: the heads and bodies of requests and answers.
pub struct Frames {
    /// The head of the next frame, as far as it has passed.
    head: [u8; HEAD],
    head_length: usize,
    /// How much has to pass until the next head.
    rest: usize,
    is_message: bool,
    /// Whether a frame counts when all of it has passed. hyper hands on no part of a frame.
    is_whole: bool,
}

impl Frames {
    /// What a client sends.
    pub fn client() -> Self {
        Self { rest: PREFACE, is_whole: true, ..Self::server() }
    }

    /// What a server sends.
    pub fn server() -> Self {
        Self { head: [0; HEAD], head_length: 0, rest: 0, is_message: false, is_whole: false }
    }

    /// Whether the next bytes carry a part of a message. An empty frame carries none.
    pub fn carry_messages(&mut self, mut bytes: &[u8]) -> bool {
        let mut found = false;
        while !bytes.is_empty() {
            let (passed, after) = bytes.split_at(self.rest.min(bytes.len()));
            self.rest -= passed.len();
            let counts = !passed.is_empty() && (self.rest == 0 || !self.is_whole);
            found |= self.is_message && counts;
            bytes = after;
            if self.rest == 0 {
                bytes = self.read_head(bytes);
            }
        }
        found
    }

    fn read_head<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (head, after) = bytes.split_at((HEAD - self.head_length).min(bytes.len()));
        self.head[self.head_length..][..head.len()].copy_from_slice(head);
        self.head_length += head.len();
        if self.head_length == HEAD {
            let [high, middle, low, kind, ..] = self.head;
            self.rest = u32::from_be_bytes([0, high, middle, low]) as usize;
            self.is_message = matches!(kind, DATA | HEADERS);
            self.head_length = 0;
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0, 0, length, kind, 0, 0, 0, 0, 1], payload].concat()
    }

    const PING: u8 = 6;

    #[test]
    fn only_messages_count_however_the_bytes_arrive() {
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        let quiet = [preface, frame(4, &[]), frame(PING, &[0; 8]), frame(DATA, &[])].concat();
        let all = [quiet.clone(), frame(HEADERS, b"abc"), frame(PING, &[1; 8])].concat();
        for chunk in 1..all.len() {
            let mut frames = Frames::client();
            let counted = all.chunks(chunk).filter(|bytes| frames.carry_messages(bytes));
            assert_eq!(counted.count(), 1, "{chunk}");
            let mut frames = Frames::client();
            assert!(!quiet.chunks(chunk).any(|bytes| frames.carry_messages(bytes)), "{chunk}");
        }
    }

    #[test]
    fn a_frame_of_a_client_counts_when_it_is_complete() {
        let data = frame(DATA, b"abc");
        let start = &data[..data.len() - 1];
        let mut frames = Frames { rest: 0, ..Frames::client() };
        assert!(!frames.carry_messages(start));
        assert!(frames.carry_messages(b"c"));
        assert!(Frames::server().carry_messages(start));
    }
}
