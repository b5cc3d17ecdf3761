#!/usr/bin/env node
// Node's own fetch, in as many chains of await as requests may be in flight.
import fs from "node:fs";

const {env} = process;
const lines = name => fs.readFileSync(env[name], "utf8").split("\n").filter(line => line);
const urls = lines("FETCHBENCH_URLS");
const headers = lines("FETCHBENCH_HEADERS").map(line => line.split(/: ?(.*)/s, 2));
const body = env.FETCHBENCH_BODY && fs.readFileSync(env.FETCHBENCH_BODY);
const method = env.FETCHBENCH_METHOD;
const timeout = Math.round(Number(env.FETCHBENCH_TIMEOUT) * 1000);
if (env.FETCHBENCH_KEEPALIVE === "0") headers.push(["Connection", "close"]);
if (env.FETCHBENCH_USER)
    headers.push(["Authorization", "Basic " + Buffer.from(env.FETCHBENCH_USER).toString("base64")]);
if (env.FETCHBENCH_INSECURE === "1") process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
if (env.FETCHBENCH_CACERT && env.NODE_EXTRA_CA_CERTS !== env.FETCHBENCH_CACERT) {
    console.error("Node takes further certificates from NODE_EXTRA_CA_CERTS alone: set it to the file of --cacert");
    process.exit(1);
}

const classes = {
    ECONNREFUSED: "connection_refused", ECONNRESET: "connection_reset", UND_ERR_SOCKET: "connection_reset",
    UND_ERR_CONNECT_TIMEOUT: "connect_timeout", ENOTFOUND: "dns", EAI_AGAIN: "dns", EMFILE: "too_many_files",
    EADDRNOTAVAIL: "no_ports", HPE_INVALID_CONSTANT: "protocol", DEPTH_ZERO_SELF_SIGNED_CERT: "tls_verify",
    SELF_SIGNED_CERT_IN_CHAIN: "tls_verify", UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls_verify",
};

const now = () => Number(process.hrtime.bigint()) / 1e9; // CLOCK_MONOTONIC
const tell = result => console.log(JSON.stringify(result));

function classOf(error) {
    if (error.name === "TimeoutError") return "timeout";
    return classes[error.cause?.code ?? error.code] ?? "other";
}

async function send(index) {
    const start_s = now();
    try {
        const signal = AbortSignal.timeout(timeout);
        const response = await fetch(urls[index], {method, headers, body, signal, redirect: "manual"});
        const bytes = (await response.arrayBuffer()).byteLength;
        tell({index, start_s, end_s: now(), status: response.status, bytes});
    } catch (error) {
        const message = error.cause?.message || error.message;
        tell({index, start_s, end_s: now(), error: classOf(error), message});
    }
}

let next = 0;
async function work() {
    while (next < urls.length) await send(next++);
}

console.log('{"ready":1}');
fs.readSync(0, Buffer.alloc(16)); // the word to go
await Promise.all(Array.from({length: Number(env.FETCHBENCH_CONCURRENCY)}, work));
