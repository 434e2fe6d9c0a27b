import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.zendesk.client.v2.Zendesk;
import org.zendesk.client.v2.ZendeskResponseException;
import org.zendesk.client.v2.ZendeskResponseRateLimitException;
import org.zendesk.client.v2.model.Attachment;
import org.zendesk.client.v2.model.Comment;
import org.zendesk.client.v2.model.JobResult;
import org.zendesk.client.v2.model.JobStatus;
import org.zendesk.client.v2.model.Role;
import org.zendesk.client.v2.model.Status;
import org.zendesk.client.v2.model.Ticket;
import org.zendesk.client.v2.model.TicketImport;
import org.zendesk.client.v2.model.User;

/** absent.json lists what this client cannot do, with reasons. */
class ZendeskJavaClientTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private static final Date LONG_AGO = Date.from(Instant.parse("2020-01-02T03:04:05Z"));

  private static ZendeskMock server;

  private String agent;
  private Zendesk zendesk;

  @BeforeAll
  static void startServer() throws IOException {
    server = ZendeskMock.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  /** Every test has a separate account with its name. */
  @BeforeEach
  void connect(TestInfo test) {
    agent = "agent@" + test.getTestMethod().orElseThrow().getName().toLowerCase() + ".mock";
    zendesk = client(server, agent, "secret");
  }

  @AfterEach
  void disconnect() {
    zendesk.close();
  }

  @Test
  void uploadBytes() throws Exception {
    Attachment.Upload upload = zendesk.createUpload("hello.txt", HELLO);

    Attachment attachment = upload.getAttachments().get(0);
    assertEquals("hello.txt", attachment.getFileName());
    // This call declares "application/binary", so Zendesk derives the type from the name.
    assertEquals("text/plain", attachment.getContentType());
    assertEquals(HELLO.length, attachment.getSize());
    assertArrayEquals(HELLO, contentOf(attachment));
  }

  @Test
  void uploadBytesOfADeclaredType() {
    Attachment.Upload upload = zendesk.createUpload("data.txt", "application/json", HELLO);

    assertEquals("application/json", upload.getAttachments().get(0).getContentType());
  }

  @Test
  void uploadWithAUnicodeName() {
    String name = "ünï côdé 日本.txt";

    assertEquals(name, fileName(zendesk.createUpload(name, HELLO)));
  }

  @Test
  void uploadWithAnAwkwardName() {
    String name = "a+b&c#d 50%é\"q.txt";

    assertEquals(name, fileName(zendesk.createUpload(name, HELLO)));
  }

  @Test
  void uploadAnEmptyFile() {
    var refused = assertRefused(422, () -> zendesk.createUpload("empty.txt", new byte[0]));

    assertContains("RecordInvalid", refused.getBody());
  }

  @Test
  void upload20Mb() throws Exception {
    byte[] content = new byte[20_000_000];
    new Random(20).nextBytes(content);

    Attachment attachment = zendesk.createUpload("large.bin", content).getAttachments().get(0);

    assertEquals(content.length, attachment.getSize());
    assertArrayEquals(content, contentOf(attachment));
  }

  @Test
  void appendToAnUpload() {
    String token = zendesk.createUpload("first.txt", HELLO).getToken();

    Attachment.Upload both = zendesk.createUpload(token, "second.txt", "text/plain", HELLO);

    assertEquals(token, both.getToken());
    assertEquals(List.of("first.txt", "second.txt"), fileNames(both.getAttachments()));
  }

  @Test
  void showAnAttachment() {
    Attachment uploaded = zendesk.createUpload("hello.txt", HELLO).getAttachments().get(0);

    Attachment shown = zendesk.getAttachment(uploaded.getId());

    assertEquals(uploaded.getId(), shown.getId());
    assertEquals("hello.txt", shown.getFileName());
    assertEquals(uploaded.getContentUrl(), shown.getContentUrl());
  }

  @Test
  void deleteAnUpload() {
    Attachment.Upload upload = zendesk.createUpload("hello.txt", HELLO);

    zendesk.deleteUpload(upload);

    // The client returns null for a 404 where it expects an object.
    assertNull(zendesk.getAttachment(upload.getAttachments().get(0).getId()));
  }

  @Test
  void createATicketWithUploads() {
    Ticket ticket = createTicket(new Comment("two files", upload("one.txt"), upload("two.txt")));

    Comment comment = zendesk.getTicketComments(ticket.getId()).iterator().next();
    assertEquals("two files", comment.getBody());
    assertEquals(List.of("one.txt", "two.txt"), fileNames(comment.getAttachments()));
  }

  @Test
  void commentWithUploads() {
    Ticket ticket = createTicket(new Comment("no file"));

    zendesk.createComment(ticket.getId(), new Comment("one file", upload("one.txt")));

    List<Comment> comments = all(zendesk.getTicketComments(ticket.getId()));
    assertEquals(List.of("no file", "one file"), bodies(comments));
    assertEquals(List.of(), fileNames(comments.get(0).getAttachments()));
    assertEquals(List.of("one.txt"), fileNames(comments.get(1).getAttachments()));
  }

  /** The client reads comments of a ticket in pages of 100, and follows next_page. */
  @Test
  void listCommentsPageByPage() {
    List<String> written = IntStream.rangeClosed(1, 250).mapToObj(n -> "comment " + n).toList();
    Ticket ticket = importTicket(written);

    assertEquals(written, bodies(all(zendesk.getTicketComments(ticket.getId()))));
  }

  /** It reads comments of a request by cursor in pages of a given size, and follows links.next. */
  @Test
  void listCommentsOfARequestByCursor() {
    List<String> written = List.of("one", "two", "three", "four", "five");
    Ticket ticket = importTicket(written);

    try (Zendesk inTwos = builder(server, agent, "secret").setCbpPageSize(2).build()) {
      assertEquals(written, bodies(all(inTwos.getRequestComments(ticket.getId()))));
    }
  }

  @Test
  void createAUser() {
    User created = zendesk.createUser(new User(true, "Jane", "jane@example.com"));

    assertEquals(Role.END_USER, created.getRole());
    assertEquals("jane@example.com", zendesk.getUser(created.getId()).getEmail());
  }

  @Test
  void createManyTickets() {
    Ticket one = ticket(new Comment("one file", upload("one.txt")));
    Ticket two = ticket(new Comment("another", upload("two.txt")));

    List<Long> ids = finish(zendesk.createTickets(one, two));

    assertEquals(List.of("one.txt"), filesOfFirstComment(ids.get(0)));
    assertEquals(List.of("two.txt"), filesOfFirstComment(ids.get(1)));
  }

  @Test
  void updateManyTickets() {
    Ticket one = createTicket(new Comment("one"));
    Ticket two = createTicket(new Comment("two"));
    one.setComment(new Comment("one file", upload("one.txt")));
    two.setStatus(Status.SOLVED);

    assertEquals(List.of(one.getId(), two.getId()), finish(zendesk.updateTickets(one, two)));

    List<Comment> comments = all(zendesk.getTicketComments(one.getId()));
    assertEquals(List.of("one.txt"), fileNames(comments.get(1).getAttachments()));
    assertEquals(Status.SOLVED, zendesk.getTicket(two.getId()).getStatus());
  }

  @Test
  void importATicket() {
    TicketImport old = oldTicket(0);
    old.getComments().get(0).setUploads(List.of(upload("old.txt")));

    Ticket imported = zendesk.importTicket(old);

    assertEquals(LONG_AGO, imported.getCreatedAt());
    assertEquals(List.of("old.txt"), filesOfFirstComment(imported.getId()));
    Comment comment = zendesk.getTicketComments(imported.getId()).iterator().next();
    assertEquals(LONG_AGO, comment.getCreatedAt());
  }

  /** The client follows next_page after a page of 1,000 tickets. */
  @Test
  void exportTicketsPageByPage() throws Exception {
    // The export goes by the time of the import, and the client follows pages of the past only.
    changeClock("freeze", "{\"at\": \"2020-02-01T00:00:00Z\"}");
    List<Long> written = new ArrayList<>();
    for (int first = 0; first < 1_100; first += 100) {
      List<TicketImport> part =
          IntStream.range(first, first + 100).mapToObj(this::oldTicket).toList();
      written.addAll(finish(zendesk.importTickets(part)));
      changeClock("advance", "{\"by\": \"1m\"}");
    }

    List<Ticket> exported = all(zendesk.getTicketsIncrementally(LONG_AGO));

    // Pages may overlap: the second begins with the last second of the first.
    assertEquals(written, exported.stream().map(Ticket::getId).distinct().toList());
  }

  /** The client and Java's own negotiate HTTP/2. */
  @Test
  void overTls() throws Exception {
    trust(server);
    String url = server.url().replace("http://127.0.0.1", "https://localhost");
    try (Zendesk overTls = new Zendesk.Builder(url).setUsername(agent).setToken("t").build()) {
      String token = overTls.createUpload("tls.txt", HELLO).getToken();
      Ticket created = overTls.createTicket(ticket(new Comment("one file", token)));

      Comment comment = overTls.getTicketComments(created.getId()).iterator().next();
      Attachment attachment = comment.getAttachments().get(0);
      assertTrue(attachment.getContentUrl().startsWith(url), attachment.getContentUrl());
      assertArrayEquals(HELLO, contentOf(attachment));
    }
  }

  @Test
  void error401() throws IOException {
    try (ZendeskMock strict =
            ZendeskMock.start(
                "--auth", "strict", "--credentials", "agent@example.com/token:secret");
        Zendesk stranger = client(strict, "agent@example.com", "wrong")) {
      var refused = assertRefused(401, () -> stranger.createUpload("hello.txt", HELLO));

      assertContains("Couldn't authenticate you", refused.getBody());
    }
  }

  @Test
  void error404() {
    // The client throws a 404 where it expects no object, and returns null otherwise.
    var refused = assertRefused(404, () -> zendesk.deleteUpload("NoSuchToken"));

    assertContains("RecordNotFound", refused.getBody());
    assertNull(zendesk.getAttachment(404));
  }

  @Test
  void error413() throws IOException {
    try (ZendeskMock small = ZendeskMock.start("--max-upload-size", "1KB");
        Zendesk zendesk = client(small, "agent@example.com", "secret")) {
      var refused = assertRefused(413, () -> zendesk.createUpload("2kb.txt", new byte[2000]));

      assertContains("AttachmentTooLarge", refused.getBody());
    }
  }

  @Test
  void error422() {
    var refused = assertRefused(422, () -> createTicket(new Comment("")));

    assertContains("Description: cannot be blank", refused.getBody());
  }

  @Test
  void error429() throws IOException {
    // The frozen clock keeps both calls in one minute.
    try (ZendeskMock slow =
            ZendeskMock.start("--rate-limit", "1", "--frozen-at", "2026-01-01T00:00:00Z");
        Zendesk zendesk = client(slow, "agent@example.com", "secret")) {
      zendesk.createUpload("hello.txt", HELLO);

      var refused = assertRefused(429, () -> zendesk.createUpload("hello.txt", HELLO));

      // The client does not wait. It returns how long the caller should wait.
      long seconds =
          assertInstanceOf(ZendeskResponseRateLimitException.class, refused).getRetryAfter();
      assertTrue(1 <= seconds && seconds <= 60, "Retry-After: " + seconds);
    }
  }

  /** Makes Java trust the server. It reads its trust store when it first needs one. */
  private static void trust(ZendeskMock server) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream certificate = new URL(server.url() + "/_mock/ca.pem").openStream()) {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      trusted.setCertificateEntry("zendesk-mock", factory.generateCertificate(certificate));
    }
    Path file = Path.of("target/trust.p12");
    try (OutputStream stored = Files.newOutputStream(file)) {
      trusted.store(stored, "changeit".toCharArray());
    }
    System.setProperty("javax.net.ssl.trustStore", file.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
  }

  private static Zendesk client(ZendeskMock server, String user, String token) {
    return builder(server, user, token).build();
  }

  private static Zendesk.Builder builder(ZendeskMock server, String user, String token) {
    return new Zendesk.Builder(server.url()).setUsername(user).setToken(token);
  }

  private String upload(String name) {
    return zendesk.createUpload(name, HELLO).getToken();
  }

  private static Ticket ticket(Comment comment) {
    Ticket ticket = new Ticket();
    ticket.setSubject("subject");
    ticket.setComment(comment);
    return ticket;
  }

  private Ticket createTicket(Comment comment) {
    return zendesk.createTicket(ticket(comment));
  }

  /** A ticket to import, which was changed so many seconds later. */
  private void changeClock(String how, String json) throws Exception {
    String account = agent.substring(agent.indexOf('@')).replace(".mock", "");
    URI call = URI.create(server.url() + "/" + account + "/_mock/clock/" + how);
    HttpRequest request = HttpRequest.newBuilder(call).POST(BodyPublishers.ofString(json)).build();
    var answer = HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
    assertEquals(200, answer.statusCode());
  }

  private TicketImport oldTicket(int seconds) {
    Comment comment = new Comment("old");
    comment.setCreatedAt(LONG_AGO);
    Ticket.Requester requester = new Ticket.Requester("Jane", "jane@example.com");
    TicketImport ticket = new TicketImport(requester, "subject", List.of(comment));
    ticket.setCreatedAt(LONG_AGO);
    ticket.setUpdatedAt(Date.from(LONG_AGO.toInstant().plusSeconds(seconds)));
    return ticket;
  }

  /** The tickets of a job, which is completed when it is first read. */
  private List<Long> finish(JobStatus job) {
    JobStatus done = zendesk.getJobStatus(job);
    assertEquals(JobStatus.JobStatusEnum.completed, done.getStatus());
    return done.getResults().stream().map(JobResult::getId).toList();
  }

  private List<String> filesOfFirstComment(long ticket) {
    return fileNames(zendesk.getTicketComments(ticket).iterator().next().getAttachments());
  }

  /** Imports comments: Zendesk accepts only 30 updates of one ticket in ten minutes. */
  private Ticket importTicket(List<String> bodies) {
    long requester = zendesk.getCurrentUser().getId();
    List<Comment> comments = bodies.stream().map(Comment::new).toList();
    return zendesk.importTicket(new TicketImport(requester, "subject", comments));
  }

  /** The bytes at a content_url, which the client cannot fetch. */
  private static byte[] contentOf(Attachment attachment) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(attachment.getContentUrl())).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray()).body();
  }

  private static String fileName(Attachment.Upload upload) {
    return upload.getAttachments().get(0).getFileName();
  }

  private static List<String> fileNames(List<Attachment> attachments) {
    return attachments.stream().map(Attachment::getFileName).toList();
  }

  private static List<String> bodies(List<Comment> comments) {
    return comments.stream().map(Comment::getBody).toList();
  }

  private static <T> List<T> all(Iterable<T> pages) {
    List<T> items = new ArrayList<>();
    pages.forEach(items::add);
    return items;
  }

  private static ZendeskResponseException assertRefused(int status, Runnable call) {
    var refused = assertThrows(ZendeskResponseException.class, call::run);
    assertEquals(status, refused.getStatusCode());
    return refused;
  }

  private static void assertContains(String part, String whole) {
    assertTrue(whole.contains(part), whole);
  }
}
