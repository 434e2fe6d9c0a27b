//! Operations of well-behaved clients.

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::soak::client::file;
use crate::soak::visit::{File, Outcome, Visit};
use crate::target::put_request;

impl Visit<'_> {
    pub async fn upload(&mut self) -> Outcome<File> {
        let length = self.length();
        self.upload_of(length).await
    }

    pub async fn upload_of(&mut self, length: usize) -> Outcome<File> {
        let request = self.upload_request("", length, None);
        let file = self.store(&request, length).await?;
        self.files.push(file.clone());
        Ok(file)
    }

    pub async fn append(&mut self) -> Outcome {
        let token = self.file().await?.token;
        let length = self.length();
        let request = self.upload_request(&format!("&token={token}"), length, None);
        self.store(&request, length).await.map(drop)
    }

    pub async fn delete(&mut self) -> Outcome {
        let token = self.file().await?.token;
        self.files.retain(|file| file.token != token);
        let path = format!("/api/v2/uploads/{token}");
        self.expect(204, "DELETE", &path, None).await.map(drop)
    }

    pub async fn create_ticket(&mut self) -> Outcome {
        let comment = self.comment_of_file().await?;
        let created = self.expect(201, "POST", "/api/v2/tickets", Some(&comment)).await?;
        let created: Value = serde_json::from_slice(&created)?;
        self.tickets.extend(created["ticket"]["id"].as_u64());
        Ok(())
    }

    pub async fn comment(&mut self) -> Outcome {
        let Some(ticket) = self.tickets.last().copied() else { return self.create_ticket().await };
        let comment = self.comment_of_file().await?;
        let path = format!("/api/v2/tickets/{ticket}");
        self.expect(200, "PUT", &path, Some(&comment)).await?;
        self.expect(200, "GET", &format!("{path}/comments"), None).await.map(drop)
    }

    /// A comment, or a ticket with one, that takes the file of an open token.
    async fn comment_of_file(&mut self) -> Outcome<Value> {
        let token = self.file().await?.token;
        self.files.retain(|file| file.token != token);
        Ok(json!({"ticket": {"comment": {"body": "soak", "uploads": [token]}}}))
    }

    pub async fn publish_image(&mut self) -> Outcome {
        let mut image = b"GIF89a\x01\0\x01\0\0\0\0;".to_vec();
        image.resize(self.client.random.pick(&[14, 1_000, 100_000]), b'x');
        let image = Bytes::from(image);
        let path = "/api/v2/guide/user_images";
        let wanted = json!({"content_type": "image/gif", "file_size": image.len()});
        let reserved = self.expect(200, "POST", &format!("{path}/uploads"), Some(&wanted)).await?;
        let reserved: Value = serde_json::from_slice(&reserved)?;
        let put = put_request(&reserved["upload"], image.clone())?;
        self.exchange(200, &put).await?;
        let named = json!({"token": reserved["upload"]["token"], "brand_id": "10016"});
        let published = self.expect(201, "POST", path, Some(&named)).await?;
        let published: Value = serde_json::from_slice(&published)?;
        let path = published["user_image"]["path"].as_str().ok_or("an image without a path")?;
        if self.expect(200, "GET", path, None).await? == image {
            Ok(())
        } else {
            Err("the image served is not the image stored".into())
        }
    }

    pub async fn download(&mut self) -> Outcome {
        let stored = self.file().await?;
        let request = self.download_request(&stored, &[]);
        if self.exchange(200, &request).await? == file(stored.length) {
            Ok(())
        } else {
            Err("the file served is not the file uploaded".into())
        }
    }

    pub async fn download_range(&mut self) -> Outcome {
        let stored = self.file().await?;
        let first = self.client.random.below(stored.length);
        let last = first + self.client.random.below(stored.length - first);
        let request =
            self.download_request(&stored, &[("Range", &format!("bytes={first}-{last}"))]);
        if self.exchange(206, &request).await? == file(stored.length)[first..=last] {
            Ok(())
        } else {
            Err(format!("not the bytes {first} to {last}").into())
        }
    }
}
