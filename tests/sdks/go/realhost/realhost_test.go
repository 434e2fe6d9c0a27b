// Package realhost drives zendesk-mock with github.com/nukosuke/go-zendesk at the host that the
// client derives from a subdomain. `zendesk-mock exec` runs it.
package realhost

import (
	"io"
	"net/http"
	"testing"

	"github.com/nukosuke/go-zendesk/zendesk"
	"github.com/stretchr/testify/require"
)

func TestAFileIsReadBackThroughTheProxy(t *testing.T) {
	client, err := zendesk.NewClient(nil)
	require.NoError(t, err)
	require.NoError(t, client.SetSubdomain("acme"))
	client.SetCredential(zendesk.NewAPITokenCredential("agent@example.com", "secret"))
	writer := client.UploadAttachment(t.Context(), "a.txt", "")
	_, err = writer.Write([]byte("hello"))
	require.NoError(t, err)
	uploaded, err := writer.Close()
	require.NoError(t, err)

	ticket, err := client.CreateTicket(t.Context(), zendesk.Ticket{
		Subject: "With a file",
		Comment: &zendesk.TicketComment{Body: "See this.", Uploads: []string{uploaded.Token}},
	})
	require.NoError(t, err)

	listed, err := client.ListTicketComments(t.Context(), ticket.ID, nil)
	require.NoError(t, err)
	require.Len(t, listed.TicketComments, 1)
	url := listed.TicketComments[0].Attachments[0].ContentURL
	require.Contains(t, url, "https://acme.zendesk.com/attachments/")
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, "hello", string(content))
	require.Equal(t, 2, response.ProtoMajor, "Go speaks HTTP/2 in the tunnel")
}
