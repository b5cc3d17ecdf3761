#!/usr/bin/env node
// Node's own fetch, in as many chains of await as requests may be in flight.
import crypto from "node:crypto";
import fs from "node:fs";

const {env} = process;
const lines = name => fs.readFileSync(env[name], "latin1").split("\n").filter(line => line);
const urls = lines("FETCHBENCH_URLS");
const headers = lines("FETCHBENCH_HEADERS").map(line => line.split(/: ?(.*)/s, 2));
const body = env.FETCHBENCH_BODY && fs.readFileSync(env.FETCHBENCH_BODY);
const method = env.FETCHBENCH_METHOD;
const timeout = Math.round(Number(env.FETCHBENCH_TIMEOUT) * 1000);
if (!headers.some(([name]) => name.toLowerCase() === "accept-encoding"))
    headers.push(["Accept-Encoding", "identity"]); // else fetch asks for compressed answers
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

// Parses the body, or digests it K times.
function workOn(body) {
    if (env.FETCHBENCH_WORK === "json") return JSON.parse(body);
    const times = Number(env.FETCHBENCH_WORK.replace("sha256/", ""));
    for (let i = 0; i < times; i++) crypto.createHash("sha256").update(body).digest();
}

// The work on a body that has come, told apart from its request.
function worked(body, end_s) {
    if (!env.FETCHBENCH_WORK) return {};
    try {
        workOn(body);
        return {work_s: now() - end_s};
    } catch (error) {
        return {work_s: now() - end_s, error: "work", message: error.message};
    }
}

async function send(index) {
    const start_s = now();
    try {
        const signal = AbortSignal.timeout(timeout);
        const response = await fetch(urls[index], {method, headers, body, signal, redirect: "manual"});
        const received = Buffer.from(await response.arrayBuffer());
        const end_s = now();
        tell({index, start_s, end_s, status: response.status, bytes: received.length, ...worked(received, end_s)});
    } catch (error) {
        const message = error.cause?.message || error.message;
        tell({index, start_s, end_s: now(), error: classOf(error), message});
    }
}

let next = 0;
async function work() {
    while (next < urls.length) await send(next++);
}

tell({ready: 1, work: env.FETCHBENCH_WORK}); // repeating the work says that it will be done
fs.readSync(0, Buffer.alloc(16)); // the word to go
await Promise.all(Array.from({length: Number(env.FETCHBENCH_CONCURRENCY)}, work));
