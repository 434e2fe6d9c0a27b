// Package server starts zendesk-mock for the suites, and creates their files.
package server

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Names that a client must escape or send as UTF-8.
const (
	UnicodeName = "ünï côdé 日本.txt"
	AwkwardName = `a+b&c#d 50%é"q.txt`
)

// Credentials of a server with StrictArgs.
const (
	KnownEmail = "agent@example.com"
	KnownToken = "secret"
)

// StrictArgs make a server accept only KnownEmail with KnownToken.
var StrictArgs = []string{"--auth", "strict", "--credentials", KnownEmail + "/token:" + KnownToken}

// LimitedArgs allow one request for each account and minute. The clock is frozen, so that two requests
// are in one minute.
var LimitedArgs = []string{"--rate-limit", "1", "--frozen-at", "2026-01-01T00:00:00Z"}

// Server is a running zendesk-mock.
type Server struct {
	// URL has scheme, host and port.
	URL     string
	process *exec.Cmd
}

// Start starts a server, which runs until Stop.
func Start(args ...string) (*Server, error) {
	path := os.Getenv("MOCK_BINARY")
	if path == "" {
		// A test runs in the folder of its package.
		path = "../../../../target/release/zendesk-mock"
	}
	process := exec.Command(path, append([]string{"--port", "0", "--log", "warn"}, args...)...)
	process.Stderr = os.Stderr
	// Tests set all settings by flags.
	process.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "ZENDESK_MOCK_")
	})
	stdout, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("set MOCK_BINARY or run cargo build --release: %w", err)
	}
	started := &Server{process: process}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		started.Stop()
		return nil, fmt.Errorf("%s did not print its address: %w", path, err)
	}
	_, url, found := strings.Cut(strings.TrimSpace(line), " listening on ")
	if !found {
		started.Stop()
		return nil, fmt.Errorf("%s printed %q instead of its address", path, line)
	}
	started.URL = url
	return started, nil
}

// Stop ends the server.
func (s *Server) Stop() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
}

// Run runs a package's tests with one server for all of them, and returns the status to exit with.
func Run(m *testing.M, shared **Server) int {
	started, err := Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer started.Stop()
	*shared = started
	return m.Run()
}

// With starts a server with settings for one test.
func With(t testing.TB, args ...string) *Server {
	t.Helper()
	started, err := Start(args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(started.Stop)
	return started
}

// Email returns the address of an agent in a separate account for the test.
func Email(t testing.TB) string {
	return "agent@" + strings.ToLower(t.Name()) + ".mock"
}

// Content returns size incompressible bytes, equal in every run.
func Content(size int) []byte {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	return content
}

// Open opens a new file with this content.
func Open(t testing.TB, content []byte) *os.File {
	t.Helper()
	path := t.TempDir() + "/file"
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}
