/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NioUpload.java - sends so many bytes through a SocketChannel of java.nio.
 *
 * blocking     write() until all is gone
 * selector     without blocking: OP_WRITE after each write that was not whole
 * gather       blocking, from four buffers at once
 * java NioUpload.java blocking|selector|gather HOST:PORT BYTES
 */
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

class NioUpload {
	private static final int PIECE = 1 << 18;

	private static long sendBlocking(SocketChannel channel, long left) throws Exception {
		ByteBuffer bytes = ByteBuffer.allocateDirect(PIECE);
		long sent = 0;

		while (left > sent) {
			bytes.clear().limit((int) Math.min(PIECE, left - sent));
			sent += channel.write(bytes);
		}
		return sent;
	}

	private static long sendGathered(SocketChannel channel, long left) throws Exception {
		ByteBuffer[] parts = new ByteBuffer[4];
		long sent = 0;

		for (int i = 0; i < parts.length; i++)
			parts[i] = ByteBuffer.allocateDirect(PIECE / parts.length);
		while (left > sent) {
			long rest = left - sent;

			for (ByteBuffer part : parts) {
				int bytes = (int) Math.min(part.capacity(), rest);

				part.clear().limit(bytes);
				rest -= bytes;
			}
			sent += channel.write(parts);
		}
		return sent;
	}

	private static long sendSelected(SocketChannel channel, long left) throws Exception {
		ByteBuffer bytes = ByteBuffer.allocateDirect(PIECE);
		long sent = 0;

		channel.configureBlocking(false);
		try (Selector selector = Selector.open()) {
			SelectionKey key = channel.register(selector, 0);

			while (left > sent) {
				bytes.clear().limit((int) Math.min(PIECE, left - sent));
				sent += channel.write(bytes);
				if (!bytes.hasRemaining())
					continue;
				key.interestOps(SelectionKey.OP_WRITE);
				selector.select();
				selector.selectedKeys().clear();
			}
		}
		return sent;
	}

	public static void main(String[] arguments) throws Exception {
		String[] address = arguments[1].split(":");
		long bytes = Long.parseLong(arguments[2]);

		try (SocketChannel channel = SocketChannel.open(
				new InetSocketAddress(address[0], Integer.parseInt(address[1])))) {
			long sent = switch (arguments[0]) {
				case "blocking" -> sendBlocking(channel, bytes);
				case "gather" -> sendGathered(channel, bytes);
				default -> sendSelected(channel, bytes);
			};
			System.out.println("sent " + sent);
		}
	}
}
