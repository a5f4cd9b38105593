# SPDX-License-Identifier: Apache-2.0
# Takes what is posted, and says so; prints its address.
import http.server


class Taker(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, 65536)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taker)
print("127.0.0.1:%d" % server.server_port, flush=True)
server.serve_forever()
