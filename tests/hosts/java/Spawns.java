/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spawns.java - half of a Produce request by hand, another program, and the end of the
 * connection.
 *
 * java Spawns.java HOST:PORT
 */
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

class Spawns {
	private static final int BATCH = 100000;

	private static void text(ByteBuffer bytes, String value) {
		bytes.putShort((short) value.length())
			.put(value.getBytes(StandardCharsets.US_ASCII));
	}

	/* Produce v3, one batch of magic 2 with one record. */
	private static ByteBuffer request() {
		ByteBuffer bytes = ByteBuffer.allocate(4 + 43 + BATCH);

		bytes.putInt(bytes.capacity() - 4);
		bytes.putShort((short) 0).putShort((short) 3).putInt(1);
		text(bytes, "ends");
		bytes.putShort((short) -1).putShort((short) 1).putInt(30000).putInt(1);
		text(bytes, "end");
		bytes.putInt(1).putInt(0).putInt(BATCH);
		int batch = bytes.position();

		bytes.putInt(batch + 8, BATCH - 12);
		bytes.put(batch + 16, (byte) 2).putInt(batch + 57, 1);
		return bytes.position(0);
	}

	public static void main(String[] arguments) throws Exception {
		String[] address = arguments[0].split(":");
		ByteBuffer frame = request();

		try (SocketChannel channel = SocketChannel.open(
				new InetSocketAddress(address[0], Integer.parseInt(address[1])))) {
			frame.limit(frame.capacity() / 2);
			while (frame.hasRemaining())
				channel.write(frame);
			System.out.println("status " + Runtime.getRuntime()
				.exec(new String[] {"true"})
					.waitFor());
		}
		System.out.println("closed");
	}
}
