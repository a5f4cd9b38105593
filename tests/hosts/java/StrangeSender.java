// SPDX-License-Identifier: Apache-2.0
/*
 * StrangeSender.java - a Java client whose sender has the name of Kafka's, and another shape
 *
 * Its thread connects and asks the broker for its versions, as the first thing
 * that any client asks. Then what a guest could leave in a JVM is counted, and the
 * program ends in the way that is asked for.
 *
 * Sender HOST:PORT return|exit|halt|throw|kill
 */
package org.apache.kafka.clients.producer.internals;

import java.io.DataInputStream;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.TreeSet;

class Sender implements Runnable {
	private final InetSocketAddress broker;

	Sender(InetSocketAddress broker) {
		this.broker = broker;
	}

	public static void main(String[] arguments) throws Exception {
		String[] address = arguments[0].split(":");
		Thread thread = new Thread(new Sender(new InetSocketAddress(address[0],
				Integer.parseInt(address[1]))),
				"kafka-producer-network-thread | strange");

		thread.start();
		thread.join();
		sayWhatIsThere();
		switch (arguments[1]) {
		case "exit":
			System.exit(7);
			break;
		case "halt":
			Runtime.getRuntime().halt(8);
			break;
		case "throw":
			throw new IllegalStateException("on purpose");
		case "kill":
			new ProcessBuilder("kill", "-KILL",
					Long.toString(ProcessHandle.current().pid()))
					.inheritIO().start().waitFor();
			Thread.sleep(20000);
			break;
		default:
			break;
		}
	}

	/* What a guest could have left: threads, descriptors, an interrupt. */
	private static void sayWhatIsThere() throws InterruptedException {
		TreeSet<String> names = new TreeSet<>();

		for (Thread thread : Thread.getAllStackTraces().keySet())
			names.add(thread.getName());
		names.removeIf(name -> name.startsWith("ForkJoin")
				|| name.startsWith("process reaper"));
		System.out.println(names + ", interrupted: " + Thread.interrupted());
		System.out.println(leastDescriptors() + " descriptors");
	}

	/* The JVM's own threads open files for a moment, too: what was left stays. */
	private static int leastDescriptors() throws InterruptedException {
		int least = Integer.MAX_VALUE;

		for (int look = 0; look < 20; look++) {
			least = Math.min(least, new File("/proc/self/fd").list().length);
			Thread.sleep(5);
		}
		return least;
	}

	void runOnce() throws Exception {
		ByteBuffer request = ByteBuffer.allocate(17);

		request.putInt(13).putShort((short) 18).putShort((short) 0).putInt(5);
		request.putShort((short) 3).put(new byte[] {'o', 'd', 'd'});
		request.flip();
		try (SocketChannel channel = SocketChannel.open(broker)) {
			channel.write(request);
			DataInputStream answer =
				new DataInputStream(Channels.newInputStream(channel));

			answer.readInt();
			System.out.println("answer " + answer.readInt());
		}
	}

	@Override
	public void run() {
		try {
			runOnce();
		} catch (Exception problem) {
			throw new IllegalStateException(problem);
		}
	}
}
