"""The embedded endpoint beside its model, real httpbin under gunicorn: the same request to both, as bytes, and the same answer
from both but for what names the server, the port and the time."""
import gzip
import random
import re
import zlib

import pytest

from conftest import Endpoint
from servers import Httpbin
from wire import exchange, request

pytestmark = pytest.mark.one_thread

FORM = b"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
JSON = b"Content-Type: application/json\r\n"
MULTIPART = b"Content-Type: multipart/form-data; boundary=x\r\n"


def post(body, head=b""):
    return request(b"/post", head, body, b"POST")


QUERIES = {
    "a key": request(b"/get?key=7"),
    "nothing": request(b"/get"),
    "an empty query": request(b"/get?"),
    "a repeated key": request(b"/get?b=2&a=1&b=1&a=3&b=2"),
    "empty names and values": request(b"/get?a&b=&=c&&=&"),
    "order of keys": request(b"/get?b=1&B=2&a=3&A=4&_=5&0=6&~=7&%F0%9F%98%80=8&%EF%BF%BD=9&%C3%A9=10"),
    "spaces": request(b"/get?a+b=c%20d&e=%2B+f"),
    "characters to escape in JSON": request(b"/get?a=%22%5c%0a%0d%09%08%0c%00%1f%7f/<>'"),
    "beyond ASCII, quoted": request(b"/get?a=%e4%bd%a0%F0%9f%98%80"),
    "beyond ASCII, as it is": request(b"/get?a=\xe4\xbd\xa0&\xc3\xa9=1"),
    "what is not UTF-8": request(b"/get?a=%ff&b=%e4%bd&c=%c0%80&d=%ed%a0%80&e=%f4%90%80%80&f=%f0%9f%98x&%fe=g&%ff=h"),
    "percents that quote nothing": request(b"/get?%%=%2&%zz=%1g&a=%"),
    "needless and lower-case quoting": request(b"/get?%41=%7e%2d%5a&b=%2f%3d%26%3f"),
    "reserved characters": request(b"/get?a=!$'()*,;:@/?[]{}|^`\\"),
    "a fragment": request(b"/get?a=1#b"),
    "a quoted path": request(b"/g%65t?a=1"),
    "a whole URL": request(b"http://elsewhere.example/get?a=1"),
    "a URL in a value": request(b"/get?u=http://a.example:1/b?c=d"),
    "the usual port": request(b"/get", host=b"test.example:80"),
    "an address as host": request(b"/get", host=b"[::1]:80"),
    "upper case in the host": request(b"/get", host=b"Test.Example"),
    "semicolons and pluses": request(b"/get?a=1;b=2&c+d=e%2Bf&;=;"),
    "a path beyond ASCII, as it is": request(b"/anything/\xe9%C3%A9\xc3\xa9"),
    "many slashes in front": request(b"///get?a=1"),
}

HEADERS = {
    "names of headers": request(b"/get", b"x-lower: 1\r\nX-UPPER-3dB: 2\r\nx_under_score: 3\r\nDNT: 1\r\n"),
    "a repeated header": request(b"/get", b"X-A: 1\r\nAccept: a\r\nx-a: 2\r\nx_a: 3\r\naccept: b\r\n"),
    "an empty header": request(b"/get", b"X-Empty:\r\nContent-Type:\r\n"),
    "blanks around a value": request(b"/get", b"X-A: \t b\tc\r\n"),
    "a value in Latin-1": request(b"/get", b"X-A: \xe9\"\\\r\n"),
    "headers with a meaning": request(b"/get", b"Cookie: a=b; c=\"d\"\r\nAuthorization: Basic Zm9v\r\n"
                                      b"Range: bytes=0-1\r\nIf-None-Match: *\r\nTE: trailers\r\n"),
    "a proxy's headers": request(b"/get", b"Via: a\r\nX-Request-Id: b\r\nX-Forwarded-For: 192.0.2.1, 192.0.2.2\r\n"
                                 b"X-Forwarded-Port: 1\r\nX-Real-Ip: c\r\nX-Other: d\r\n"),
    "a proxy's headers, asked for": request(b"/get?show_env=1", b"Via: a\r\nX-Forwarded-For: 192.0.2.1\r\n"),
    "TLS at a proxy": request(b"/get", b"X-Forwarded-Proto: https\r\n", host=b"test.example:443"),
    "TLS at a proxy, another header": request(b"/get", b"X-Forwarded-Ssl: on\r\n"),
    "TLS at a proxy, a third": request(b"/get?", b"X-Forwarded-Protocol: ssl\r\n"),
    "an origin": request(b"/get", b"Origin: http://a.example\r\n"),
    "HEAD": request(b"/get?a=1", method=b"HEAD"),
    "several proxies": request(b"/get", b"X-Forwarded-For: 192.0.2.1\r\nx-forwarded-for: 192.0.2.2\r\n"),
    "a proxy that names nobody": request(b"/get", b"X-Forwarded-For:\r\n"),
    "a proxy with another protocol": request(b"/get", b"X-Forwarded-Proto: gopher\r\n"),
    "a proxy with no protocol": request(b"/get", b"X-Forwarded-Protocol:\r\n"),
    "an empty origin": request(b"/get", b"Origin:\r\n"),
    "only headers": request(b"/headers?a=1", b"X-A: 1\r\nVia: x\r\nx-a: 2\r\n"),
    "only headers, all": request(b"/headers?show_env", b"X-A: 1\r\nVia: x\r\n"),
    "who asks": request(b"/ip"),
    "who asks through a proxy": request(b"/ip", b"X-Forwarded-For: a, \xe9\r\n"),
    "who asks by HEAD": request(b"/ip", method=b"HEAD"),
    "an agent": request(b"/user-agent", b"user-AGENT: a/1 (\"b\") \xe9\r\n"),
    "two agents": request(b"/user-agent", b"User-Agent: a\r\nUser-Agent: b\r\n"),
    "an empty agent": request(b"/user-agent", b"User-Agent:\r\n"),
    "no agent": request(b"/user-agent"),
}

BODIES = {
    "nothing posted": post(b""),
    "a text": post("a text, \u4f60\U0001f600\x7f\n".encode()),
    "bytes": post(bytes(range(256))),
    "half a character": post(b"abc\xe4\xbd"),
    "a surrogate": post(b"\xed\xa0\x80"),
    "a form": post(b"b=2&a=1&b=%26+%2B&=x&y&z=&%e4%bd%a0=%ff&a;c=d", FORM),
    "a form by an older name": post(b"a=1", b"Content-Type: application/x-url-encoded\r\n"),
    "a form in capitals": post(b"a=1", b"content-type: APPLICATION/X-WWW-FORM-URLENCODED;x\r\n"),
    "a form that is none": post(b"a=1", b"Content-Type: application/x-www-form-urlencodedx\r\n"),
    "a form and a comma": post(b"a=1", b"Content-Type: application/x-www-form-urlencoded,text/plain\r\n"),
    "an empty form": post(b"", FORM),
    "a form with JSON": post(b'{"a":1}', FORM),
    "a multipart form without parts": post(b"--x--\r\n", MULTIPART),
    "JSON of another type": post(b'{"a":1}', b"Content-Type: text/plain\r\n"),
    "chunks": post(b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n"),
    "a big body": post(b"x" * 300000),
    "query and body": request(b"/post?a=1&a=2", FORM, b"a=3", b"POST"),
    "PUT": request(b"/put?a=1", JSON, b"[1]", b"PUT"),
    "PATCH": request(b"/patch", FORM, b"a=1", b"PATCH"),
    "DELETE": request(b"/delete", b"", b"x", b"DELETE"),
    "DELETE of nothing": request(b"/delete?a", method=b"DELETE"),
    **{f"anything by {m.decode()}": request(b"/anything?a=1", JSON, b'{"b":2}', m)
       for m in (b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"TRACE")},
    "anything below": request(b"/anything/a/b%2Fc/%e4%bd%a0/%ff/d%20e;f//g/?h=1"),
}

JSON_TEXTS = [
    b"null", b"true", b" [false ] ", b"0", b"-0", b"-12", b"01", b"1.", b".5", b"+1", b"1e", b"--1", b"1_0", b"0x1",
    b"1.0", b"1.50", b"-0.0", b"1e5", b"1E+5", b"1e16", b"1e15", b"123456789012345678", b"0.0001", b"0.00001", b"1e-7",
    b"5e-324",
    b"1.7976931348623157e308", b"1e400", b"-1e400", b"0.1", b"3.141592653589793238", b"9007199254740993.0", b"1e22", b"1e23",
    b"123456789012345678901234567890", b"9" * 4300, b"9" * 4301, b"[NaN, Infinity, -Infinity]", b"nan", b"-NaN", b"Infinit",
    b'""', b'"a\\u00e9\\n\\/\\b\\f\\r\\t\\\\\\""', '"\u00e9\U0001f600\x7f"'.encode(), b'"\\ud83d\\ude00"', b'"\\ud83d"',
    b'"\\ude00\\ud83d"',
    b'"\\ud83d\\u0041"', b'"\\uD83D\\uDE0"', b'"\\x41"', b'"\\u12"', b'"a', b'"\t"', b'"\x00"', b"'a'", b'"\xff"',
    b"[]", b"{}", b"[[],{}]", b"[1,]", b"[,1]", b"[1 2]", b"[1", b"]", b"[1]]", b"[1] x", b"\xef\xbb\xbf[1]", b"[\x0c1]",
    b'{"b":1,"a":2}', b'{ "b" : [ 1 , { "z" : 1 , "y" : { } } ] , "a" : { "d" : 1 , "c" : 2 } }', b'{"a":1,"a":{"b":2,"b":3}}',
    b'{"b":1,"a":2,"b":{"a":1}}', b'{"a":1,}', b'{"a"}', b'{"a":}', b'{a:1}', b'{1:2}', b'{"a":1 "b":2}', b'{"a" 1}',
    '{"\uffff":1,"\U0001f600":2,"\u00e9":3,"z":4,"Z":5,"":6,"zz":7}'.encode(),
    b'{"\\ud800":1,"\\ue000":2,"\\ud83d\\ude00":3,"\\u0041":4,"A":5}',
    b"[" * 900 + b"]" * 900, b'{"a":' * 900 + b"1" + b"}" * 900, b'{"a": 1, "b": "\xff"}', b"\n{\"a\":\r\n\t1}\n",
]

DELAYS = {
    "a delay": request(b"/delay/0.01?a=1&a=2"),
    "no delay": request(b"/delay/0"),
    "a delay in scientific notation": request(b"/delay/1e-3"),
    "a delay between blanks": request(b"/delay/%20.1e-1%0a"),
    "a delay with a text": request(b"/delay/0", body=b"he\xc3\xa9l"),
    "a delay with bytes": request(b"/delay/0", body=b"he\xff\x00llo=&"),
    "a delay with two bytes": request(b"/delay/0", body=b"\xff\xfe"),
    "a delay with a form": request(b"/delay/0", FORM, body=b"b=+&a=1&b=%"),
    "a delay with chunks": request(b"/delay/0", b"Transfer-Encoding: chunked\r\n", b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
}

STATUSES = {
    "a status": request(b"/status/201"),
    "a status of POST": request(b"/status/503", body=b"hi", method=b"POST"),
    "a status of PATCH": request(b"/status/202", method=b"PATCH"),
    "a status of TRACE": request(b"/status/203", method=b"TRACE"),
    "a status of HEAD": request(b"/status/418", method=b"HEAD"),
    "no content": request(b"/status/204"),
    "a redirect": request(b"/status/302"),
    "a permanent redirect": request(b"/status/308"),
    "who are you": request(b"/status/401"),
    "pay": request(b"/status/402"),
    "not acceptable": request(b"/status/406"),
    "a teapot": request(b"/status/418"),
    "an unknown status": request(b"/status/599"),
    "the greatest status": request(b"/status/999"),
    "a status with blanks and a sign": request(b"/status/%20+200"),
    "one of several statuses": request(b"/status/404,404,404"),
    "a status by weight": request(b"/status/500:0,201:2.5,503:0"),
    "a status that is none": request(b"/status/abc"),
    "a weight that is none": request(b"/status/200:x,201:1"),
    "a weight without a choice": request(b"/status/200:5"),
    "a missing status": request(b"/status/200,"),
    "two weights": request(b"/status/200:1:2"),
    "a status with an underscore": request(b"/status/2_0_1"),
    "a status with zeros in front": request(b"/status/000204"),
    "weights that are odd": request(b"/status/200:0e5,%20201%20:%20_1,202:0"),
    "weights in other notations": request(b"/status/200:0e5,%20201%20:%201_0.5e-1%20,202:.0"),
    "a hexadecimal weight": request(b"/status/200:0x1,201:1"),
    "a proxy's password": request(b"/status/407"),
    "a status by DELETE": request(b"/status/200", method=b"DELETE"),
}

BYTES = {
    "seeded bytes": request(b"/bytes/1000?seed=7"),
    "bytes of seed 0": request(b"/bytes/10?seed=0"),
    "bytes of a negative seed": request(b"/bytes/10?seed=-7"),
    "bytes of a big seed": request(b"/bytes/10?seed=123456789012345678901234567890"),
    "bytes of an odd seed": request(b"/bytes/10?seed=%20+1_000%20"),
    "bytes of two seeds": request(b"/bytes/10?seed=4&seed=5"),
    "bytes of a SEED": request(b"/bytes/10?SEED=4"),
    "no bytes": request(b"/bytes/0"),
    "too many bytes": request(b"/bytes/99999999999999999999?seed=1"),
    "seeded bytes by HEAD": request(b"/bytes/10?seed=4", method=b"HEAD"),
}

REDIRECTS = {
    **{f"redirect {path}": request(path) for path in (
        b"/redirect/1", b"/redirect/3", b"/redirect/007", b"/redirect/2?absolute=TRUE", b"/redirect/1?absolute=true",
        b"/redirect/2?absolute=1", b"/redirect/2?Absolute=true", b"/redirect/2?absolute=false&absolute=true",
        b"/redirect/1000000000000",
        b"/relative-redirect/1", b"/relative-redirect/10", b"/relative-redirect/2?absolute=true",
        b"/absolute-redirect/1", b"/absolute-redirect/10",
        b"/redirect-to?url=http://a.example/b?c=d%26e%23f", b"/redirect-to?url=/x&status_code=307",
        b"/redirect-to?URL=/x&STATUS_CODE=%20+3_0_1",
        b"/redirect-to?url=/x&status_code=200", b"/redirect-to?url=/x&status_code=-1", b"/redirect-to?url=a%20b%09c",
        b"/redirect-to?url=",
        b"/redirect-to?url=/%C3%A9%e4%bd%a0?%C3%A9#%C3%A9", b"/redirect-to?url=/%ff", b"/redirect-to?url=/a&url=/b",
        b"/redirect-to?url=%22<>&status_code=304",
        b"/redirect-to?url=+/a+", b"/redirect-to?url=+a+b+", b"/redirect-to?url=%20",
        b"/anything//a?b=%20c", b"/status//200", b"/cookies//set?a=1", b"/anything//%C3%A9%20b")},
    "redirect through TLS": request(b"/redirect/2?absolute=true", b"X-Forwarded-Proto: https\r\n", host=b"a.example:443"),
    "redirect through a proxy": request(b"/absolute-redirect/1", b"X-Forwarded-Protocol: gopher\r\n"),
    "redirect of an odd host": request(b"/absolute-redirect/2", host=b"a'b&c"),
    "redirect by HEAD": request(b"/redirect/2", method=b"HEAD"),
    "redirect a POST": request(b"/redirect-to?url=/post&status_code=308", FORM, b"a=1", b"POST"),
    "redirect a TRACE": request(b"/redirect-to?url=/post", method=b"TRACE"),
}

CACHES = {
    "cache since": request(b"/cache?a=1", b"If-Modified-Since: x\r\n"),
    "cache none": request(b"/cache", b"If-None-Match: x\r\n"),
    "cache of an empty tag": request(b"/cache", b"If-None-Match:\r\n"),
    "cache by HEAD": request(b"/cache", b"If-None-Match: x\r\n", method=b"HEAD"),
    "cache for a minute": request(b"/cache/60?a=1"),
    "cache for no time": request(b"/cache/000"),
    "cache for ever": request(b"/cache/0123456789012345678901234567890"),
    "etag": request(b"/etag/abc?a=1"),
    "etag with odd characters": request(b"/etag/a%20%22b%22,%C3%A9", b"If-None-Match: x\r\n"),
    **{f"etag {head}": request(b"/etag/abc", head + b"\r\n") for head in (
        b"If-None-Match: abc", b'If-None-Match: "abc"', b'If-None-Match: W/"abc"', b'if-none-match: "x", W/"abc"',
        b"If-None-Match: *",
        b'If-None-Match: "x", *', b"If-None-Match: x", b'If-None-Match: "abcd"', b'If-None-Match: "abc"d',
        b"If-None-Match: abc , x",
        b'If-None-Match: x\r\nIf-None-Match: abc', b"If-None-Match:", b"If-None-Match: ,", b"If-None-Match: \xa0abc",
        b"If-None-Match: W/ abc",
        b'If-Match: "abc"', b"If-Match: x", b"If-Match: *", b"If-Match: x, abc", b"If-Match:",
        b'If-Match: "x"\r\nIf-None-Match: "abc"',
        b'If-Match: "x"\r\nIf-None-Match: "y"')},
}

RANGES = {
    **{f"range {path}": request(path) for path in (
        b"/range/26", b"/range/1", b"/range/102400", b"/range/102401", b"/range/0", b"/range/000",
        b"/range/99999999999999999999", b"/range/0030",
        b"/range/30?chunk_size=7", b"/range/30?chunk_size=-7&duration=0", b"/range/30?CHUNK_SIZE=%201_0&Duration=-0.0",
        b"/range/30?duration=0.01&chunk_size=10")},
    **{f"range {text}": request(b"/range/30", b"Range: " + text + b"\r\n") for text in (
        b"bytes=0-29", b"bytes=0-0", b"bytes=10-20", b"bytes=10-", b"bytes=-5", b"bytes=-30", b"bytes=-31", b"bytes=-0",
        b"bytes=30-", b"bytes=0-30",
        b"bytes=20-10", b"bytes=5", b"bytes=1-2-3", b"bytes=0-1,3-4", b"bytes=a-b", b"bytes=a-5", b"bytes= 1 - 2 ",
        b"bytes=+1-+2", b"bytes=--5",
        b"bytes", b"bytes=", b"bytes=-", b"bytes=1=2-3", b"bytesX=1-2", b"Bytes=1-2", b"items=1-2",
        b"bytes=1-99999999999999999999", b"",
        b"bytes=1-2\r\nRange: bytes=3-4", b"byte=1-2", b"bytes=01-0_2")},
    "range by HEAD": request(b"/range/30", b"Range: bytes=1-2\r\n", method=b"HEAD"),
    "range with duration": request(b"/range/30?duration=0.2", b"Range: bytes=1-2\r\n"),
}

RESPONSE_HEADERS = {
    **{f"headers {query}": request(b"/response-headers?" + query) for query in (
        b"", b"a=1", b"a=1&a=2&b=3", b"b=2&A=1&a=3", b"x", b"x=&y=%20", b"a=%C3%A9", b"Content-Type=text/plain",
        b"content-type=text/plain;%20charset=x",
        b"Connection=close&Keep-Alive=1&TE=2&Upgrade=h2c&Trailers=x&Date=today&Server=me", b"Access-Control-Allow-Origin=me",
        b"ETag=%22x%22&Cache-Control=no-store",
        b"Location=/a%20b&Set-Cookie=a=b&Set-Cookie=c=d", b"Proxy-Authenticate=Basic", b"a!#$%25%26'*%2B-.^_`|~1=1")},
    # the lengths around which the number of digits of Content-Length changes
    **{f"headers of {n} bytes": request(b"/response-headers?a=" + b"x" * n) for n in [*range(26, 42), *range(920, 940)]},
    "headers by POST": request(b"/response-headers?a=1", FORM, b"b=2", b"POST"),
    "headers by HEAD": request(b"/response-headers?a=1", method=b"HEAD"),
}

COOKIES = {
    **{f"cookies {text}": request(b"/cookies", b"Cookie: " + text + b"\r\n") for text in (
        b"", b"a=1", b"b=2; a=1", b"a=1; a=2", b"a", b"a;b=1;;", b"=x; a=", b" a = b ; c= d e ",
        b'a="b c"; d="e;f" ; g="h;i"j; k="x', b'a="\\""; b="\\073\\x\\"; c="\\',
        b'a="\\303\\251"; b="\\400"', b"a=\xc3\xa9; \xc3\xa9=\xff", b"a=b=c; d==; e=%41", b"__utma=1; a=2; _gauges_unique=3",
        b"a=1\r\nCookie: b=2", b'"a"="b"; $c=d',
        b"a=\xa0b")},
    "no cookies": request(b"/cookies"),
    "all cookies": request(b"/cookies?show_env=1", b"Cookie: __utma=1; a=2\r\n"),
    **{f"set {path}": request(path) for path in (
        b"/cookies/set", b"/cookies/set?a=1&b=&c", b"/cookies/set?a=1&a=2&A=3", b"/cookies/set?a=b%20c,%22%5c;%C3%A9%0a(<",
        b"/cookies/set?%C3%A9;=1",
        b"/cookies/set/a/b", b"/cookies/set/a%20b/c%C3%A9", b"/cookies/delete", b"/cookies/delete?a=1&b&a=2")},
    "set through TLS": request(b"/cookies/set?a=1", b"X-Forwarded-Ssl: on\r\n"),
}

CREDENTIALS = {
    **{f"{path} {text}": request(path, b"Authorization: " + text + b"\r\n")
       for path in (b"/basic-auth/me/secret", b"/hidden-basic-auth/me/secret") for text in (
           b"Basic bWU6c2VjcmV0", b"bAsIc   bWU6c2VjcmV0", b"Basic bWU6c2VjcmV0=", b"Basic bWU6c2VjcmV",
           b"Basic b-W_U6c2V!jcmV0", b"Basic bWU6b3RoZXI=", b"Basic",
           b"", b"Basic bWU=", b"Basic bWUvc2VjcmV0", b"Bearer bWU6c2VjcmV0", b"Basic bWU6/w==", b"Basic \xe9bWU6c2VjcmV0",
           b"Digest username=\"me\"",
           b"Basic bWU6c2VjcmV0Og==", b"Basic bWU6c2Vj cmV0")},
    "basic of nobody": request(b"/basic-auth/me/secret"),
    "basic in UTF-8": request(b"/basic-auth/%C3%A9/%C3%A9", b"Authorization: Basic w6k6w6k=\r\n"),
    "basic with a colon": request(b"/basic-auth/a:b/c", b"Authorization: Basic YTpiOmM=\r\n"),
    "basic with a colon in the password": request(b"/basic-auth/a/b:c", b"Authorization: Basic YTpiOmM=\r\n"),
    **{f"bearer {text}": request(b"/bearer", b"Authorization: " + text + b"\r\n") for text in (
        b"Bearer token", b"Bearer earned", b"Basic x", b"", b"Bearer", b"token \xe9")},
    "bearer of nothing": request(b"/bearer"),
}

TEXTS = {
    **{f"base64 {text}": request(b"/base64/" + text) for text in (
        b"SGVsbG8=", b"SGVsbG8%3D", b"SGVs bG8_Lw==xyz".replace(b" ", b"%20"), b"SGVs", b"Pz8_", b"w6k=", b"====", b"=SGVs",
        b"SG=Vs", b"SGV=s", b"S%0aGVs", b"PHA-%C3%A9",
        b"AAAA", b"IA==", b"SGVsbG8=SGVsbG8=")},
    "robots": request(b"/robots.txt"),
}

SAME = {**QUERIES, **HEADERS, **BODIES, **DELAYS, **STATUSES, **BYTES, **REDIRECTS, **CACHES, **RANGES, **RESPONSE_HEADERS,
        **COOKIES, **CREDENTIALS, **TEXTS}

OF_THE_SERVER = ("date", "server", "connection")


def answer(server, raw):
    """The answer as both servers should give it: the port replaced, the methods of Allow in order, the headers sorted."""
    status, headers, body = exchange(server.port, raw)
    port = str(server.port).encode()
    if status == 304:  # libmicrohttpd says that nothing is long
        headers = [(k, v) for k, v in headers if k != "content-length"]
    headers = [(k, b", ".join(sorted(re.split(b", *", v))) if k == "allow" else v.replace(port, b"PORT"))
               for k, v in headers if k not in OF_THE_SERVER]
    return status, sorted(headers), body.replace(port, b"PORT")


def assert_same(endpoint, httpbin, raw):
    assert answer(endpoint, raw) == answer(httpbin, raw)


@pytest.mark.parametrize("name", SAME)
def test_it_answers_as_httpbin_does(endpoint, httpbin, name):
    assert_same(endpoint, httpbin, SAME[name])


@pytest.mark.parametrize("text", JSON_TEXTS, ids=lambda text: repr(text[:40])[1:])
def test_json_comes_back_as_python_reads_and_writes_it(endpoint, httpbin, text):
    assert_same(endpoint, httpbin, post(text, JSON))


@pytest.fixture(scope="module")
def indenting(fetchbench, tmp_path_factory):
    """Both servers, indenting their JSON by two."""
    servers = Endpoint(fetchbench, "--pretty"), Httpbin(tmp_path_factory.mktemp("httpbin"), DEBUG="1")
    yield servers
    for server in servers:
        server.close()


@pytest.mark.parametrize("name", [
    "a repeated key", "a form", "DELETE of nothing", "anything by POST", "headers by POST", "no cookies", "no agent"])
def test_indented_it_answers_as_httpbin_does_in_debug_mode(indenting, name):
    assert_same(*indenting, SAME[name])


def test_json_is_indented_at_every_depth(indenting):
    assert_same(*indenting, post(b'{"b":[1,[],{"d":{},"c":[{}]}],"a":{"z":1,"y":[2,3]}}', JSON))


def test_a_path_with_too_many_slashes_takes_no_other_methods(endpoint, httpbin):
    raw = request(b"/status//200", method=b"POST"), request(b"/base64//SGVs", method=b"POST")
    assert [answer(endpoint, r)[0] for r in raw] == [answer(httpbin, r)[0] for r in raw] == [308, 405]


def test_without_a_host_it_names_itself(endpoint, httpbin):
    assert_same(endpoint, httpbin, b"GET /get?a=1 HTTP/1.0\r\n\r\n")


@pytest.mark.parametrize("path", ["/get", "/post", "/anything", "/delay/0", "/bytes/0", "/status/200"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
def test_each_path_takes_the_methods_that_httpbin_takes(endpoint, httpbin, path, method):
    raw = request(path.encode(), method=method.encode())
    status, headers, _ = answer(endpoint, raw)
    httpbin_status, httpbin_headers, _ = answer(httpbin, raw)
    assert status == httpbin_status
    assert dict(headers).get("allow") == dict(httpbin_headers).get("allow")
    if method == "OPTIONS":
        assert headers == httpbin_headers


@pytest.mark.parametrize("path, expand", [("/gzip", gzip.decompress), ("/deflate", zlib.decompress)])
def test_what_it_compresses_is_what_httpbin_compresses(endpoint, httpbin, path, expand):
    raw = request(path.encode() + b"?a=1", b"Accept-Encoding: identity\r\nX-A: 1\r\n")
    status, headers, body = answer(endpoint, raw)
    httpbin_status, httpbin_headers, httpbin_body = answer(httpbin, raw)
    assert (status, expand(body)) == (httpbin_status, expand(httpbin_body))
    own, others = dict(headers), dict(httpbin_headers)
    assert int(own.pop("content-length")) == len(body) and others.pop("content-length")
    assert own == others


def test_an_uncached_answer_has_a_date_and_a_tag_of_its_own(endpoint, httpbin):
    shapes = []
    for server in (endpoint, httpbin):
        status, headers, body = answer(server, request(b"/cache?a=1"))
        shapes.append((status, [(k, re.sub(rb"[0-9a-f]", b"0", v) if k == "etag" else re.sub(rb"[A-Z][a-z]{2}|\d", b"0", v))
                                for k, v in headers], body))
    assert shapes[0] == shapes[1]


def test_a_uuid_is_random_and_of_version_4(endpoint, httpbin):
    found = set()
    for server in (endpoint, httpbin, endpoint):
        status, headers, body = answer(server, request(b"/uuid"))
        assert (status, dict(headers)["content-type"]) == (200, b"application/json")
        found.add(re.fullmatch(rb'{"uuid":"([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"}\n', body)[1])
    assert len(found) == 3


def failures(endpoint, query, count):
    return [exchange(endpoint.port, request(b"/unstable?" + query))[0] == 500 for _ in range(count)]


def test_seeded_failures_are_those_of_pythons_generator(endpoint):
    seeded = random.Random(7)
    assert failures(endpoint, b"failure_rate=0.3&seed=7", 60) == [seeded.random() < 0.3 for _ in range(60)]


def test_another_seed_begins_its_failures_anew(endpoint):
    first = failures(endpoint, b"seed=1", 20)
    assert failures(endpoint, b"seed=2", 20) != first
    assert failures(endpoint, b"seed=1", 20) == first


def test_failures_come_at_the_rate_that_was_asked_for(endpoint):
    assert not any(failures(endpoint, b"failure_rate=0", 50)) and all(failures(endpoint, b"failure_rate=1", 50))
    assert 50 < sum(failures(endpoint, b"failure_rate=0.25", 400)) < 150  # 100 are expected
    assert 0 < sum(failures(endpoint, b"", 50)) < 50
