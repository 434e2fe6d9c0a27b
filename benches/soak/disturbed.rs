//! Operations of slow clients, of those that go away, and of tests that disturb others.

use std::time::Duration;

use serde_json::json;

use crate::http::Request;
use crate::soak::client::LARGE;
use crate::soak::misbehaviour::{
    leave_in_answer, leave_in_request, read_slowly, read_until_closed, send_slowly,
};
use crate::soak::visit::{Outcome, Stop, Visit};

impl Visit<'_> {
    pub async fn upload_slowly(&mut self) -> Outcome {
        let request = self.upload_request("", 20_000, None);
        let pause = self.pause();
        match send_slowly(self.client.address, &request, 8, pause).await? {
            201 => Ok(()),
            503 => Err(Stop::Refused),
            status => Err(format!("answered {status}").into()),
        }
    }

    pub async fn download_slowly(&mut self) -> Outcome {
        let file = self.upload_of(400_000).await?;
        let request = self.download_request(&file, &[]);
        let least = file.length as u64;
        let received = read_slowly(self.client.address, &request, least, Duration::from_millis(1));
        match received.await? {
            received if received >= least => Ok(()),
            received => Err(format!("{received} bytes of {least}").into()),
        }
    }

    pub async fn leave_in_upload(&mut self) -> Outcome {
        let token = self.file().await?.token;
        let request = self.upload_request(&format!("&token={token}"), 100_000, None);
        let sent = self.client.random.below(request.head.len() + 100_000);
        let (pause, resets) = (self.pause(), self.client.random.is(2));
        Ok(leave_in_request(self.client.address, &request, sent, pause, resets).await?)
    }

    pub async fn leave_in_download(&mut self) -> Outcome {
        let file = self.upload_of(1_000_000).await?;
        let request = self.download_request(&file, &[]);
        self.leave(&request, 10_000).await
    }

    pub async fn leave_hanging(&mut self) -> Outcome {
        let request = self.upload_request("", 1_000, Some(r#"{"hang": true}"#));
        self.leave(&request, 0).await
    }

    async fn leave(&mut self, request: &Request, read: usize) -> Outcome {
        let (pause, resets) = (self.pause(), self.client.random.is(2));
        Ok(leave_in_answer(self.client.address, request, read, pause, resets).await?)
    }

    /// The fault has no limit of times: the request of a client that went away may arrive late.
    pub async fn trigger_fault(&mut self) -> Outcome {
        let fault = json!({"operation": "upload", "status": 429, "retry_after": 1});
        self.expect(201, "POST", "/_mock/faults", Some(&fault)).await?;
        let request = self.upload_request("", 1_000, None);
        self.exchange(429, &request).await?;
        self.expect(200, "DELETE", "/_mock/faults", None).await?;
        self.exchange(201, &request).await.map(drop)
    }

    pub async fn be_cut(&mut self) -> Outcome {
        let phase = self.client.random.pick(&["before", "during", "after"]);
        let fault = format!(r#"{{"cut": "{phase}"}}"#);
        let request = self.upload_request("", 100_000, Some(&fault));
        match read_until_closed(self.client.address, &request).await? {
            0 => Ok(()),
            sent => Err(format!("cut {phase}, and answered {sent} bytes").into()),
        }
    }

    pub async fn be_impaired(&mut self) -> Outcome {
        let file = self.file().await?;
        let faults = [r#"{"delay": "10ms"}"#, r#"{"throttle": 10000000}"#];
        let fault = self.client.random.pick(&faults);
        let request = self.download_request(&file, &[("X-Mock-Fault", fault)]);
        self.exchange(200, &request).await?;
        let request = self.download_request(&file, &[("X-Mock-Fault", r#"{"truncate": 0}"#)]);
        match read_until_closed(self.client.address, &request).await? {
            0 => Err("no head of a truncated answer".into()),
            _ => Ok(()),
        }
    }

    pub async fn take_snapshot(&mut self) -> Outcome {
        let path = "/_mock/snapshots/soak";
        self.expect(200, "PUT", path, None).await?;
        let files = self.files.clone();
        self.upload().await?;
        self.expect(200, "POST", &format!("{path}/restore"), None).await?;
        self.files = files;
        self.download().await?;
        self.expect(200, "DELETE", path, None).await.map(drop)
    }

    pub async fn reset(&mut self) -> Outcome {
        self.expect(200, "POST", "/_mock/reset", None).await?;
        self.files.clear();
        self.tickets.clear();
        Ok(())
    }

    /// All open tokens expire.
    pub async fn advance(&mut self) -> Outcome {
        let token = self.file().await?.token;
        let by = json!({"by": "2h"});
        self.expect(200, "POST", "/_mock/clock/advance", Some(&by)).await?;
        self.files.clear();
        let path = format!("/api/v2/uploads/{token}");
        self.expect(404, "DELETE", &path, None).await.map(drop)
    }

    pub async fn read_journal(&mut self) -> Outcome {
        self.upload().await?;
        let filter = json!({"method": "POST", "status": "2xx"});
        self.expect(200, "POST", "/_mock/journal/verify", Some(&filter)).await?;
        self.expect(200, "GET", "/_mock/journal", None).await?;
        self.expect(200, "GET", "/_mock/tokens", None).await.map(drop)
    }

    pub async fn follow_events(&mut self) -> Outcome {
        let path = "/_mock/journal/events?after=0";
        let request = self.client.request("GET", self.account, path, &[], None);
        self.leave(&request, 1_000).await
    }

    /// Stores large files until there is no room. It is rare, since it takes long.
    pub async fn fill(&mut self) -> Outcome {
        if !self.client.random.is(16) {
            return self.upload().await.map(drop);
        }
        loop {
            match self.upload_of(LARGE).await {
                Err(Stop::Refused) => break,
                stored => stored.map(drop)?,
            }
        }
        self.reset().await
    }

    pub async fn send_malformed(&mut self) -> Outcome {
        let head = b"POST /api/v2/uploads HTTP/1.1\r\nContent-Length: many\r\n\r\n".to_vec();
        let request = Request { head, body: Vec::new().into() };
        match read_until_closed(self.client.address, &request).await? {
            0 => Err("a malformed request got no answer".into()),
            _ => Ok(()),
        }
    }

    fn pause(&mut self) -> Duration {
        Duration::from_millis(self.client.random.below(20) as u64)
    }
}
