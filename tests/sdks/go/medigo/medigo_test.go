// Package medigo drives zendesk-mock with github.com/MEDIGO/go-zendesk.
package medigo

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/MEDIGO/go-zendesk/zendesk"
	"github.com/stretchr/testify/require"

	"zendesk-mock/tests/sdks/go/server"
)

var shared *server.Server

func TestMain(m *testing.M) { os.Exit(server.Run(m, &shared)) }

func connect(t *testing.T, to *server.Server, email, token string) zendesk.Client {
	t.Helper()
	client, err := zendesk.NewURLClient(to.URL, email+"/token", token)
	require.NoError(t, err)
	return client
}

// agent is a client of a separate account for the test.
func agent(t *testing.T) zendesk.Client {
	return connect(t, shared, server.Email(t), "token")
}

func upload(t *testing.T, client zendesk.Client, name string, token *string, content io.Reader) *zendesk.Upload {
	t.Helper()
	uploaded, err := client.UploadFile(name, token, content)
	require.NoError(t, err)
	return uploaded
}

func failure(t *testing.T, err error) *zendesk.APIError {
	t.Helper()
	var failure *zendesk.APIError
	require.ErrorAs(t, err, &failure)
	return failure
}

func createTicket(t *testing.T, client zendesk.Client, tokens ...string) *zendesk.Ticket {
	t.Helper()
	ticket, err := client.CreateTicket(&zendesk.Ticket{
		Subject: zendesk.String("With files"),
		Comment: &zendesk.TicketComment{Body: zendesk.String("comment 0"), Uploads: tokens},
	})
	require.NoError(t, err)
	return ticket
}

func comment(t *testing.T, client zendesk.Client, ticketID int64, body string, tokens ...string) {
	t.Helper()
	_, err := client.UpdateTicket(ticketID, &zendesk.Ticket{
		Comment: &zendesk.TicketComment{Body: &body, Uploads: tokens},
	})
	require.NoError(t, err)
}

func names(attachments []zendesk.Attachment) []string {
	var names []string
	for _, attachment := range attachments {
		names = append(names, *attachment.FileName)
	}
	return names
}

func TestUploadFromAStream(t *testing.T) {
	content := server.Content(100_000)
	uploaded := upload(t, agent(t), "stream.bin", nil, server.Open(t, content))
	require.NotEmpty(t, *uploaded.Token)
	require.Equal(t, "stream.bin", *uploaded.Attachment.FileName)
	require.EqualValues(t, len(content), *uploaded.Attachment.Size)
}

func TestUploadBytes(t *testing.T) {
	// Go sends the length of bytes, but not that of a file.
	uploaded := upload(t, agent(t), "bytes.txt", nil, bytes.NewReader([]byte("hello")))
	require.Equal(t, "text/plain", *uploaded.Attachment.ContentType)
	require.EqualValues(t, 5, *uploaded.Attachment.Size)
}

func TestUploadWithAUnicodeName(t *testing.T) {
	uploaded := upload(t, agent(t), server.UnicodeName, nil, bytes.NewBufferString("hello"))
	require.Equal(t, server.UnicodeName, *uploaded.Attachment.FileName)
}

func TestUploadWithAnAwkwardName(t *testing.T) {
	uploaded := upload(t, agent(t), server.AwkwardName, nil, bytes.NewBufferString("hello"))
	require.Equal(t, server.AwkwardName, *uploaded.Attachment.FileName)
}

func TestUploadAnEmptyFile(t *testing.T) {
	_, err := agent(t).UploadFile("empty.txt", nil, bytes.NewReader(nil))
	refused := failure(t, err)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Response.StatusCode)
	require.Equal(t, "RecordInvalid", *refused.Type)
	require.ErrorContains(t, (*refused.Details)["size"][0], "Size is not included in the list")
}

func TestUpload20MB(t *testing.T) {
	content := server.Content(20 << 20)
	uploaded := upload(t, agent(t), "large.bin", nil, bytes.NewReader(content))
	require.EqualValues(t, len(content), *uploaded.Attachment.Size)
}

func TestAppendToAnUpload(t *testing.T) {
	client := agent(t)
	first := upload(t, client, "first.txt", nil, bytes.NewBufferString("one"))
	second := upload(t, client, "second.txt", first.Token, bytes.NewBufferString("two"))
	require.Equal(t, *first.Token, *second.Token)
	require.Equal(t, "second.txt", *second.Attachment.FileName)
	require.Equal(t, []string{"first.txt", "second.txt"}, names(second.Attachments))
}

func TestShowAttachmentRequestsATicket(t *testing.T) {
	client := agent(t)
	uploaded := upload(t, client, "shown.txt", nil, bytes.NewBufferString("hello"))

	// The method is missing in the interface of the client, and requests a ticket with the id of the attachment.
	shower := client.(interface {
		ShowAttachment(int64) (*zendesk.Attachment, error)
	})
	_, err := shower.ShowAttachment(*uploaded.Attachment.ID)
	missing := failure(t, err)
	require.Equal(t, http.StatusNotFound, missing.Response.StatusCode)
	require.Equal(t, fmt.Sprintf("/api/v2/tickets/%d.json", *uploaded.Attachment.ID), missing.Response.Request.URL.Path)
}

func TestCreateATicketWithUploads(t *testing.T) {
	client := agent(t)
	one := upload(t, client, "one.txt", nil, bytes.NewBufferString("one"))
	two := upload(t, client, "two.txt", nil, bytes.NewBufferString("two"))
	ticket := createTicket(t, client, *one.Token, *two.Token)
	require.Equal(t, "With files", *ticket.Subject)

	listed, err := client.ListTicketComments(*ticket.ID)
	require.NoError(t, err)
	require.Len(t, listed, 1)
	require.ElementsMatch(t, []string{"one.txt", "two.txt"}, names(listed[0].Attachments))
}

func TestCommentWithUploads(t *testing.T) {
	client := agent(t)
	ticket := createTicket(t, client)
	uploaded := upload(t, client, "late.txt", nil, bytes.NewBufferString("late"))
	comment(t, client, *ticket.ID, "comment 1", *uploaded.Token)

	listed, err := client.ListTicketComments(*ticket.ID)
	require.NoError(t, err)
	require.Len(t, listed, 2)
	require.Empty(t, listed[0].Attachments)
	require.Equal(t, "comment 1", *listed[1].Body)
	require.Equal(t, []string{"late.txt"}, names(listed[1].Attachments))
}

func TestListCommentsPageByPage(t *testing.T) {
	client := agent(t)
	ticket := createTicket(t, client)
	want := []string{"comment 0"}
	for i := 1; i < 5; i++ {
		body := fmt.Sprint("comment ", i)
		comment(t, client, *ticket.ID, body)
		want = append(want, body)
	}

	// The client returns the URL of the next page, but has no call for it. The test requests pages by number.
	var got []string
	options := &zendesk.ListOptions{Page: 1, PerPage: 2}
	for more := true; more; options.Page++ {
		page, err := client.ListTicketCommentsFull(*ticket.ID, options)
		require.NoError(t, err)
		require.EqualValues(t, len(want), *page.Count)
		for _, comment := range page.Comments {
			got = append(got, *comment.Body)
		}
		more = page.NextPage != nil
	}
	require.Equal(t, want, got)
	require.Equal(t, 4, options.Page, "the last page is the third")
}

func createUser(t *testing.T, client zendesk.Client) *zendesk.User {
	t.Helper()
	created, err := client.CreateUser(&zendesk.User{
		Name:  zendesk.String("Jane"),
		Email: zendesk.String("jane@example.com"),
	})
	require.NoError(t, err)
	return created
}

func TestCreateAUser(t *testing.T) {
	client := agent(t)
	created := createUser(t, client)
	require.Equal(t, "end-user", *created.Role)
	shown, err := client.ShowUser(*created.ID)
	require.NoError(t, err)
	require.Equal(t, created, shown)
}

// The steps of the client's own TestAttachmentCRUD, and the bytes.
func TestAUserSendsFiles(t *testing.T) {
	client := agent(t)
	content := server.Content(100_000)
	first := upload(t, client, "ball.jpeg", nil, server.Open(t, content))
	second := upload(t, client, "ball.jpeg", first.Token, server.Open(t, content))
	requester := createUser(t, client)
	ticket, err := client.CreateTicket(&zendesk.Ticket{
		RequesterID: requester.ID,
		Tags:        []string{"test"},
		Subject:     zendesk.String("My printer is on fire!"),
		Comment: &zendesk.TicketComment{
			Body:    zendesk.String("The smoke is very colorful."),
			Uploads: []string{*first.Token},
		},
	})
	require.NoError(t, err)
	require.Equal(t, *requester.ID, *ticket.RequesterID)

	listed, err := client.ListTicketComments(*ticket.ID)
	require.NoError(t, err)
	require.Len(t, listed, 1)
	attachments := listed[0].Attachments
	require.Len(t, attachments, 2)
	for i, uploaded := range []*zendesk.Upload{first, second} {
		require.Equal(t, *uploaded.Attachment.ID, *attachments[i].ID)
		// The client has no call that fetches a content_url.
		response, err := http.Get(*attachments[i].ContentURL)
		require.NoError(t, err)
		stored, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.True(t, bytes.Equal(content, stored), "the attachment differs from the file")
	}
}

func TestUpdateManyTickets(t *testing.T) {
	client := agent(t)
	one, two := createTicket(t, client), createTicket(t, client)
	uploaded := upload(t, client, "one.txt", nil, bytes.NewBufferString("one"))
	change := &zendesk.TicketComment{Body: zendesk.String("batch"), Uploads: []string{*uploaded.Token}}
	require.NoError(t, client.BatchUpdateManyTickets([]zendesk.Ticket{
		{ID: one.ID, Comment: change},
		{ID: two.ID, Status: zendesk.String("solved")},
	}))
	require.NoError(t, client.BulkUpdateManyTickets([]int64{*one.ID, *two.ID}, &zendesk.Ticket{
		Comment: &zendesk.TicketComment{Body: zendesk.String("bulk")},
	}))

	listed, err := client.ListTicketComments(*one.ID)
	require.NoError(t, err)
	require.Len(t, listed, 3)
	require.Equal(t, []string{"one.txt"}, names(listed[1].Attachments))
	require.Equal(t, "bulk", *listed[2].Body)
	solved, err := client.ShowTicket(*two.ID)
	require.NoError(t, err)
	require.Equal(t, "solved", *solved.Status)
}

func TestError401(t *testing.T) {
	strict := server.With(t, server.StrictArgs...)
	client := connect(t, strict, server.KnownEmail, "wrong")
	_, err := client.UploadFile("refused.txt", nil, bytes.NewBufferString("hello"))
	refused := failure(t, err)
	require.Equal(t, http.StatusUnauthorized, refused.Response.StatusCode)
	require.Equal(t, "Couldn't authenticate you", *refused.Type)
}

func TestError404(t *testing.T) {
	_, err := agent(t).ShowTicket(404)
	missing := failure(t, err)
	require.Equal(t, http.StatusNotFound, missing.Response.StatusCode)
	require.Equal(t, "RecordNotFound", *missing.Type)
	require.Equal(t, "Not found", *missing.Description)
}

func TestError413(t *testing.T) {
	small := server.With(t, "--max-upload-size", "1KB")
	client := connect(t, small, server.Email(t), "token")
	_, err := client.UploadFile("large.bin", nil, bytes.NewReader(server.Content(2_000)))
	refused := failure(t, err)
	require.Equal(t, http.StatusRequestEntityTooLarge, refused.Response.StatusCode)
	require.Equal(t, "AttachmentTooLarge", *refused.Type)
}

func TestError422(t *testing.T) {
	_, err := agent(t).CreateTicket(&zendesk.Ticket{Subject: zendesk.String("Without a description")})
	refused := failure(t, err)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Response.StatusCode)
	require.Equal(t, "RecordInvalid", *refused.Type)
	require.ErrorContains(t, (*refused.Details)["base"][0], "Description: cannot be blank")
}

func TestError429(t *testing.T) {
	limited := server.With(t, server.LimitedArgs...)
	client := connect(t, limited, server.Email(t), "token")
	upload(t, client, "allowed.txt", nil, bytes.NewBufferString("hello"))

	// An upload is the only call that does not retry after Retry-After.
	_, err := client.UploadFile("refused.txt", nil, bytes.NewBufferString("hello"))
	refused := failure(t, err)
	require.Equal(t, http.StatusTooManyRequests, refused.Response.StatusCode)
	require.NotEmpty(t, refused.Response.Header.Get("Retry-After"))
	// Zendesk sends plain text, but the client expects JSON.
	require.Equal(t, "Unknown", *refused.Type)
}
