// After the address of the server and its hosts: leads connections to Zendesk's hosts to the server of `zendesk-mock exec`, whatever library
// opens them. TLS still asks for, and verifies, the name that the program uses.
const net = require('node:net');

const leadsHere = (host) =>
  typeof host === 'string' && hosts.some((known) => host === known || host.endsWith(`.${known}`));
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
  // Node's own callers pass one list, marked by a symbol: the options and a callback.
  const list = Array.isArray(args[0]) ? args[0] : args;
  const [options] = list;
  if (options !== null && typeof options === 'object' && leadsHere(options.host)) {
    const here = { ...options, ...server };
    if (list === args) {
      args[0] = here;
    } else {
      args[0] = Object.assign([], list, { 0: here });
    }
  }
  return connect.apply(this, args);
};
