// After the address of the server and its hosts: leads connections to Zendesk's hosts to the server
// of `zendesk-mock exec`, whatever library opens them. TLS still asks for, and verifies, the name
// that the program uses.
const net = require('node:net');

const leadsHere = (host) => {
  if (typeof host !== 'string') return false;
  const name = host.toLowerCase().replace(/\.$/, '');
  return hosts.some((known) => name === known || name.endsWith(`.${known}`));
};
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
  // Node's own callers pass one list, marked by a symbol: the options and a callback.
  const isMarked = Array.isArray(args[0]);
  let list = isMarked ? args[0] : args;
  if (typeof list[0] !== 'object' && typeof list[1] === 'string') {
    // connect(port, host)
    list = [{ port: list[0], host: list[1] }, ...list.slice(2)];
  }
  const [options] = list;
  if (options !== null && typeof options === 'object' && leadsHere(options.host)) {
    const here = { ...options, ...server };
    args = isMarked ? [Object.assign([], args[0], { 0: here })] : [here, ...list.slice(1)];
    // got compares the port with that of its URL.
    const value = Number(options.port);
    Object.defineProperty(this, 'remotePort', { value, configurable: true });
  }
  return connect.apply(this, args);
};
