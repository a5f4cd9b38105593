/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node_upload.js - sends a file through net.Socket, or uploads it over HTTP.
 *
 * node node_upload.js socket|http HOST:PORT FILE
 */
'use strict';
const fs = require('fs');
const http = require('http');
const net = require('net');

const [how, address, path] = process.argv.slice(2);
const [host, port] = address.split(':');
const file = fs.readFileSync(path);

if (how === 'socket') {
	const socket = net.connect(Number(port), host, () => socket.end(file));

	socket.resume();
	socket.on('close', () => console.log('sent', socket.bytesWritten));
} else {
	const options = {host, port, method: 'POST', path: '/images', agent: false,
			 headers: {'Content-Length': file.length}};
	const request = http.request(options, (response) => {
		console.log('status', response.statusCode);
		response.resume();
	});

	request.end(file);
}
