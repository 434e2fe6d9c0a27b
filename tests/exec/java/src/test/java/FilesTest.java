import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.zendesk.client.v2.Zendesk;
import org.zendesk.client.v2.ZendeskResponseException;
import org.zendesk.client.v2.model.Attachment;
import org.zendesk.client.v2.model.Comment;
import org.zendesk.client.v2.model.Ticket;

class FilesTest {
  private static final String URL = "https://acme.zendesk.com";
  private static final String IMAGES = URL + "/api/v2/guide/user_images";
  private static final byte[] GIF =
      Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

  private final Zendesk zendesk =
      new Zendesk.Builder(URL).setUsername("agent@example.com").setToken("secret").build();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();

  @AfterEach
  void disconnect() {
    zendesk.close();
  }

  @Test
  void aFileIsAttachedToATicketAndReadBack() throws Exception {
    byte[] content = new byte[1 << 20];
    new Random(1).nextBytes(content);
    String token = zendesk.createUpload("débug.log", content).getToken();
    Comment comment = new Comment("My printer is on fire.");
    comment.setUploads(List.of(token));
    Ticket ticket = new Ticket();
    ticket.setSubject("Help");
    ticket.setComment(comment);
    long id = zendesk.createTicket(ticket).getId();

    Comment listed = zendesk.getTicketComments(id).iterator().next();
    Attachment attachment = listed.getAttachments().get(0);
    assertEquals("débug.log", attachment.getFileName());
    assertArrayEquals(content, download(attachment.getContentUrl()));
  }

  @Test
  void anUploadIsDeleted() {
    Attachment.Upload unused = zendesk.createUpload("unused.txt", new byte[1]);
    zendesk.deleteUpload(unused.getToken());
    assertNull(zendesk.getAttachment(unused.getAttachments().get(0).getId()));
  }

  @Test
  void anEmptyFileIsRefused() {
    assertEquals(422, refusal(new byte[0]));
  }

  @Test
  void aFileOfMoreThan50MiBIsRefused() {
    assertEquals(413, refusal(new byte[(50 << 20) + 1]));
  }

  @Test
  void anImageIsPublishedInTheHelpCenter() throws Exception {
    Map<?, ?> wanted = Map.of("content_type", "image/gif", "file_size", GIF.length);
    JsonNode upload = post(IMAGES + "/uploads", wanted).get("upload");
    HttpRequest.Builder store = HttpRequest.newBuilder(URI.create(upload.get("url").asText()));
    upload.get("headers").fields().forEachRemaining(
        header -> store.header(header.getKey(), header.getValue().asText()));
    store.PUT(BodyPublishers.ofByteArray(GIF));
    assertEquals(200, http.send(store.build(), BodyHandlers.discarding()).statusCode());

    Map<?, ?> image = Map.of("token", upload.get("token").asText(), "brand_id", "10016");
    String path = post(IMAGES, image).get("user_image").get("path").asText();
    assertArrayEquals(GIF, download(URL + path));
  }

  private int refusal(byte[] content) {
    ZendeskResponseException refused =
        assertThrows(
            ZendeskResponseException.class, () -> zendesk.createUpload("refused.bin", content));
    return refused.getStatusCode();
  }

  private JsonNode post(String url, Map<?, ?> body) throws Exception {
    String credentials = "agent@example.com/token:secret";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes()))
            .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
            .build();
    return json.readTree(http.send(request, BodyHandlers.ofByteArray()).body());
  }

  private byte[] download(String url) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return http.send(request, BodyHandlers.ofByteArray()).body();
  }
}
