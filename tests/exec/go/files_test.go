package files

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
)

const zendesk = "https://acme.zendesk.com"

// send sends a request with credentials, and reads the answer. A body of bytes is sent as it is,
// another one as JSON.
func send(t *testing.T, method, url string, body, answer any) int {
	t.Helper()
	content, raw := body.([]byte)
	kind := "application/octet-stream"
	if !raw && body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
		kind = "application/json"
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("agent@example.com/token", "secret")
	request.Header.Set("Content-Type", kind)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer != nil {
		if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
			t.Fatalf("%s %s: %d: %v", method, url, response.StatusCode, err)
		}
	}
	return response.StatusCode
}

func download(t *testing.T, url string) []byte {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %v", url, response.Status, err)
	}
	return content
}

type attachment struct {
	ID         int64
	FileName   string `json:"file_name"`
	ContentURL string `json:"content_url"`
}

type upload struct {
	Token      string
	Attachment attachment
}

func uploadFile(t *testing.T, name string, content []byte) upload {
	t.Helper()
	var answer struct{ Upload upload }
	address := zendesk + "/api/v2/uploads?filename=" + url.QueryEscape(name)
	if status := send(t, "POST", address, content, &answer); status != http.StatusCreated {
		t.Fatalf("upload: %d", status)
	}
	return answer.Upload
}

func TestAFileIsAttachedToATicketAndReadBack(t *testing.T) {
	content := bytes.Repeat([]byte("\x00\xffzendesk\r\n"), 100_000)
	uploaded := uploadFile(t, "débug.log", content)
	comment := map[string]any{"body": "My printer is on fire.", "uploads": []string{uploaded.Token}}
	ticket := map[string]any{"subject": "Help", "comment": comment}
	var created struct{ Ticket struct{ ID int64 } }
	body := map[string]any{"ticket": ticket}
	status := send(t, "POST", zendesk+"/api/v2/tickets", body, &created)
	if status != http.StatusCreated {
		t.Fatalf("create the ticket: %d", status)
	}

	var listed struct {
		Comments []struct{ Attachments []attachment }
	}
	comments := fmt.Sprintf("%s/api/v2/tickets/%d/comments", zendesk, created.Ticket.ID)
	send(t, "GET", comments, nil, &listed)
	if len(listed.Comments) != 1 || len(listed.Comments[0].Attachments) != 1 {
		t.Fatalf("comments: %+v", listed)
	}
	attached := listed.Comments[0].Attachments[0]
	if attached.FileName != "débug.log" {
		t.Errorf("name: %q", attached.FileName)
	}
	if !bytes.Equal(download(t, attached.ContentURL), content) {
		t.Error("the attachment differs from the file")
	}
}

func TestAnUploadIsDeleted(t *testing.T) {
	unused := uploadFile(t, "unused.txt", []byte("hello"))
	status := send(t, "DELETE", zendesk+"/api/v2/uploads/"+unused.Token, nil, nil)
	if status != http.StatusNoContent {
		t.Fatalf("delete: %d", status)
	}
	shown := fmt.Sprintf("%s/api/v2/attachments/%d", zendesk, unused.Attachment.ID)
	if status := send(t, "GET", shown, nil, nil); status != http.StatusNotFound {
		t.Errorf("show: %d", status)
	}
}

func TestFilesAreRefused(t *testing.T) {
	for _, refused := range []struct {
		content []byte
		status  int
		err     string
	}{
		{[]byte{}, http.StatusUnprocessableEntity, "RecordInvalid"},
		{make([]byte, 50<<20+1), http.StatusRequestEntityTooLarge, "AttachmentTooLarge"},
	} {
		var answer struct{ Error string }
		status := send(t, "POST", zendesk+"/api/v2/uploads?filename=a.bin", refused.content, &answer)
		if status != refused.status || answer.Error != refused.err {
			t.Errorf("%d bytes: %d %q", len(refused.content), status, answer.Error)
		}
	}
}

func TestAnImageIsPublishedInTheHelpCenter(t *testing.T) {
	const image = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
	gif, _ := base64.StdEncoding.DecodeString(image)
	images := zendesk + "/api/v2/guide/user_images"
	var created struct {
		Upload struct {
			Token, URL string
			Headers    map[string]string
		}
	}
	wanted := map[string]any{"content_type": "image/gif", "file_size": len(gif)}
	send(t, "POST", images+"/uploads", wanted, &created)

	store, err := http.NewRequest("PUT", created.Upload.URL, bytes.NewReader(gif))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range created.Upload.Headers {
		store.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(store)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("store: %s", response.Status)
	}

	var published struct {
		UserImage struct{ Path string } `json:"user_image"`
	}
	stored := map[string]any{"token": created.Upload.Token, "brand_id": "10016"}
	send(t, "POST", images, stored, &published)
	if !bytes.Equal(download(t, zendesk+published.UserImage.Path), gif) {
		t.Error("the published image differs from the file")
	}
}
