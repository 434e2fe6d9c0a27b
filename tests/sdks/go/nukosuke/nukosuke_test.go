// Package nukosuke drives zendesk-mock with github.com/nukosuke/go-zendesk.
package nukosuke

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/nukosuke/go-zendesk/zendesk"
	"github.com/stretchr/testify/require"

	"zendesk-mock/tests/sdks/go/server"
)

var shared *server.Server

func TestMain(m *testing.M) { os.Exit(server.Run(m, &shared)) }

func connect(t *testing.T, to *server.Server, email, token string) *zendesk.Client {
	t.Helper()
	client, err := zendesk.NewClient(nil)
	require.NoError(t, err)
	require.NoError(t, client.SetEndpointURL(to.URL+"/api/v2"))
	client.SetCredential(zendesk.NewAPITokenCredential(email, token))
	return client
}

// agent is a client of a separate account for the test.
func agent(t *testing.T) *zendesk.Client {
	return connect(t, shared, server.Email(t), "token")
}

func upload(t *testing.T, client *zendesk.Client, name, token string, content io.Reader) zendesk.Upload {
	t.Helper()
	writer := client.UploadAttachment(t.Context(), name, token)
	_, err := io.Copy(writer, content)
	require.NoError(t, err)
	uploaded, err := writer.Close()
	require.NoError(t, err)
	return uploaded
}

// refuse uploads content that the server refuses. The result of the writer does not matter: the answer may
// come before or after the last byte, and Close returns it.
func refuse(t *testing.T, client *zendesk.Client, content []byte) zendesk.Error {
	t.Helper()
	writer := client.UploadAttachment(t.Context(), "refused.txt", "")
	_, _ = writer.Write(content)
	_, err := writer.Close()
	return failure(t, err)
}

func failure(t *testing.T, err error) zendesk.Error {
	t.Helper()
	var failure zendesk.Error
	require.ErrorAs(t, err, &failure)
	return failure
}

func createTicket(t *testing.T, client *zendesk.Client, tokens ...string) zendesk.Ticket {
	t.Helper()
	ticket, err := client.CreateTicket(t.Context(), zendesk.Ticket{
		Subject: "With files",
		Comment: &zendesk.TicketComment{Body: "comment 0", Uploads: tokens},
	})
	require.NoError(t, err)
	return ticket
}

func comments(t *testing.T, client *zendesk.Client, ticketID int64) []zendesk.TicketComment {
	t.Helper()
	listed, err := client.ListTicketComments(t.Context(), ticketID, nil)
	require.NoError(t, err)
	return listed.TicketComments
}

func names(attachments []zendesk.Attachment) []string {
	var names []string
	for _, attachment := range attachments {
		names = append(names, attachment.FileName)
	}
	return names
}

func TestUploadFromAStream(t *testing.T) {
	content := server.Content(100_000)
	uploaded := upload(t, agent(t), "stream.bin", "", server.Open(t, content))
	require.NotEmpty(t, uploaded.Token)
	require.Equal(t, "stream.bin", uploaded.Attachment.FileName)
	require.EqualValues(t, len(content), uploaded.Attachment.Size)
}

func TestUploadBytes(t *testing.T) {
	writer := agent(t).UploadAttachment(t.Context(), "bytes.txt", "")
	_, err := writer.Write([]byte("hello"))
	require.NoError(t, err)
	uploaded, err := writer.Close()
	require.NoError(t, err)
	require.Equal(t, "text/plain", uploaded.Attachment.ContentType)
	require.EqualValues(t, 5, uploaded.Attachment.Size)
}

func TestUploadWithAUnicodeName(t *testing.T) {
	uploaded := upload(t, agent(t), server.UnicodeName, "", bytes.NewBufferString("hello"))
	require.Equal(t, server.UnicodeName, uploaded.Attachment.FileName)
}

func TestUploadWithAnAwkwardName(t *testing.T) {
	uploaded := upload(t, agent(t), server.AwkwardName, "", bytes.NewBufferString("hello"))
	require.Equal(t, server.AwkwardName, uploaded.Attachment.FileName)
}

func TestUploadAnEmptyFile(t *testing.T) {
	// The first Write sends the request, so an empty file needs an empty Write.
	refused := refuse(t, agent(t), []byte{})
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status())
	require.ErrorContains(t, refused, "Size is not included in the list")
}

func TestUpload20MB(t *testing.T) {
	content := server.Content(20 << 20)
	uploaded := upload(t, agent(t), "large.bin", "", bytes.NewReader(content))
	require.EqualValues(t, len(content), uploaded.Attachment.Size)
}

func TestAppendToAnUpload(t *testing.T) {
	client := agent(t)
	first := upload(t, client, "first.txt", "", bytes.NewBufferString("one"))
	second := upload(t, client, "second.txt", first.Token, bytes.NewBufferString("two"))
	require.Equal(t, first.Token, second.Token)
	require.Equal(t, "second.txt", second.Attachment.FileName)
	require.Equal(t, []string{"first.txt", "second.txt"}, names(second.Attachments))
}

func TestShowAnAttachment(t *testing.T) {
	client := agent(t)
	uploaded := upload(t, client, "shown.txt", "", bytes.NewBufferString("hello"))
	shown, err := client.GetAttachment(t.Context(), uploaded.Attachment.ID)
	require.NoError(t, err)
	require.Equal(t, uploaded.Attachment, shown)
}

func TestDeleteAnUpload(t *testing.T) {
	client := agent(t)
	uploaded := upload(t, client, "deleted.txt", "", bytes.NewBufferString("hello"))
	require.NoError(t, client.DeleteUpload(t.Context(), uploaded.Token))
	_, err := client.GetAttachment(t.Context(), uploaded.Attachment.ID)
	require.Equal(t, http.StatusNotFound, failure(t, err).Status())
}

func TestCreateATicketWithUploads(t *testing.T) {
	client := agent(t)
	one := upload(t, client, "one.txt", "", bytes.NewBufferString("one"))
	two := upload(t, client, "two.txt", "", bytes.NewBufferString("two"))
	ticket := createTicket(t, client, one.Token, two.Token)
	require.Equal(t, "With files", ticket.Subject)

	listed := comments(t, client, ticket.ID)
	require.Len(t, listed, 1)
	require.ElementsMatch(t, []string{"one.txt", "two.txt"}, names(listed[0].Attachments))
}

func TestCommentWithUploads(t *testing.T) {
	client := agent(t)
	ticket := createTicket(t, client)
	uploaded := upload(t, client, "late.txt", "", bytes.NewBufferString("late"))
	// CreateTicketComment always returns an empty comment: it expects a comment, but Zendesk returns a ticket.
	_, err := client.CreateTicketComment(t.Context(), ticket.ID, zendesk.TicketComment{
		Body:    "comment 1",
		Uploads: []string{uploaded.Token},
	})
	require.NoError(t, err)

	listed := comments(t, client, ticket.ID)
	require.Len(t, listed, 2)
	require.Empty(t, listed[0].Attachments)
	require.Equal(t, "comment 1", listed[1].Body)
	require.Equal(t, []string{"late.txt"}, names(listed[1].Attachments))
}

func TestListCommentsPageByPage(t *testing.T) {
	client := agent(t)
	ticket := createTicket(t, client)
	want := []string{"comment 0"}
	for i := 1; i < 5; i++ {
		body := fmt.Sprint("comment ", i)
		_, err := client.CreateTicketComment(t.Context(), ticket.ID, zendesk.TicketComment{Body: body})
		require.NoError(t, err)
		want = append(want, body)
	}

	options := zendesk.NewPaginationOptions()
	options.Id = ticket.ID
	options.PageSize = 2
	var got []string
	pages := 0
	for iterator := client.GetTicketCommentsIterator(t.Context(), options); iterator.HasMore(); pages++ {
		page, err := iterator.GetNext()
		require.NoError(t, err)
		for _, comment := range page {
			got = append(got, comment.Body)
		}
	}
	require.Equal(t, want, got)
	require.Equal(t, 3, pages)
}

func TestRedactCommentAttachmentRequestsAnUnknownPath(t *testing.T) {
	client := agent(t)
	uploaded := upload(t, client, "kept.txt", "", bytes.NewBufferString("hello"))
	ticket := createTicket(t, client, uploaded.Token)
	comment := comments(t, client, ticket.ID)[0]

	// The client appends /api/v2 to a base URL that already ends in it.
	err := client.RedactCommentAttachment(t.Context(), ticket.ID, comment.ID, uploaded.Attachment.ID)
	refused := failure(t, err)
	require.Equal(t, http.StatusNotFound, refused.Status())
	require.ErrorContains(t, refused, "InvalidEndpoint")
	require.Equal(t, []string{"kept.txt"}, names(comments(t, client, ticket.ID)[0].Attachments))
}

func TestCreateAUser(t *testing.T) {
	client := agent(t)
	created, err := client.CreateUser(t.Context(), zendesk.User{Name: "Jane", Email: "jane@example.com"})
	require.NoError(t, err)
	require.Equal(t, "end-user", created.Role)
	shown, err := client.GetUser(t.Context(), created.ID)
	require.NoError(t, err)
	require.Equal(t, created, shown)
}

func TestError401(t *testing.T) {
	strict := server.With(t, server.StrictArgs...)
	refused := refuse(t, connect(t, strict, server.KnownEmail, "wrong"), []byte("hello"))
	require.Equal(t, http.StatusUnauthorized, refused.Status())
	require.ErrorContains(t, refused, "Couldn't authenticate you")
}

func TestError404(t *testing.T) {
	_, err := agent(t).GetAttachment(t.Context(), 404)
	missing := failure(t, err)
	require.Equal(t, http.StatusNotFound, missing.Status())
	require.ErrorContains(t, missing, "RecordNotFound")
}

func TestError413(t *testing.T) {
	small := server.With(t, "--max-upload-size", "1KB")
	refused := refuse(t, connect(t, small, server.Email(t), "token"), server.Content(2_000))
	require.Equal(t, http.StatusRequestEntityTooLarge, refused.Status())
	require.ErrorContains(t, refused, "AttachmentTooLarge")
}

func TestError422(t *testing.T) {
	_, err := agent(t).CreateTicket(t.Context(), zendesk.Ticket{Subject: "Without a description"})
	refused := failure(t, err)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status())
	require.ErrorContains(t, refused, "Description: cannot be blank")
}

func TestError429(t *testing.T) {
	limited := server.With(t, server.LimitedArgs...)
	client := connect(t, limited, server.Email(t), "token")
	upload(t, client, "allowed.txt", "", bytes.NewBufferString("hello"))
	refused := refuse(t, client, []byte("hello"))
	require.Equal(t, http.StatusTooManyRequests, refused.Status())
	require.NotEmpty(t, refused.Headers().Get("Retry-After"))
}
