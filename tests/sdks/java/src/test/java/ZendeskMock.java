import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server on a free port, which runs until it is closed. */
final class ZendeskMock implements AutoCloseable {
  private static final String GREETING = " listening on ";

  private final Process process;
  private final String url;

  private ZendeskMock(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  static ZendeskMock start(String... settings) throws IOException {
    List<String> command = new ArrayList<>(List.of(binary(), "--port", "0", "--log", "warn"));
    command.addAll(List.of(settings));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(new File("target/zendesk-mock.log")))
            .start();
    BufferedReader output = process.inputReader();
    String line = output.readLine();
    if (line == null || !line.contains(GREETING)) {
      process.destroy();
      throw new IOException(command + " did not start: " + line);
    }
    return new ZendeskMock(process, line.substring(line.indexOf(GREETING) + GREETING.length()));
  }

  private static String binary() {
    String chosen = System.getenv("MOCK_BINARY");
    return chosen != null
        ? chosen
        : Path.of("../../../target/release/zendesk-mock").toAbsolutePath().normalize().toString();
  }

  String url() {
    return url;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
