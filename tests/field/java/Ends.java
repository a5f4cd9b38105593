// SPDX-License-Identifier: Apache-2.0
// Ends - sends records to a topic and ends in the way that is asked for.
//
//	Ends BROKER TOPIC ENDING COUNT [key=value...]

import java.io.File;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class Ends {
	static String topic;
	static final byte[] VALUE = new byte[100];

	static KafkaProducer<byte[], byte[]> make(String[] args) throws Exception {
		Properties p = new Properties();
		p.put("bootstrap.servers", args[0]);
		p.put("key.serializer",
			"org.apache.kafka.common.serialization.ByteArraySerializer");
		p.put("value.serializer",
			"org.apache.kafka.common.serialization.ByteArraySerializer");
		p.put("linger.ms", "20");
		p.put("max.block.ms", "40000"); // a busy machine is slow
		String security = System.getenv("FIELD_SECURITY");
		if (security != null)
			try (FileInputStream in =
					new FileInputStream(security + "/java.properties")) {
				p.load(in);
			}
		for (int i = 4; i < args.length; i++) {
			String[] setting = args[i].split("=", 2);
			p.put(setting[0], setting[1]);
		}
		if (args[2].matches("(commit|abort|undo|open|fenced|init|offsets|late|asked|"
				+ "refuse_fenced).*"))
			p.put("transactional.id", args[1]);
		return new KafkaProducer<>(p);
	}

	static Future<RecordMetadata> send(KafkaProducer<byte[], byte[]> producer,
			Callback callback) {
		return producer.send(new ProducerRecord<>(topic, VALUE), callback);
	}

	static void sendAll(KafkaProducer<byte[], byte[]> producer, int count) {
		for (int i = 0; i < count; i++)
			send(producer, null);
	}

	static boolean refused(KafkaProducer<byte[], byte[]> producer) throws Exception {
		Future<RecordMetadata> future = send(producer, null);
		if (!future.isDone())
			return false;
		try {
			future.get();
			return false;
		} catch (java.util.concurrent.ExecutionException e) {
			return true;
		}
	}

	// A serializer that does not like records of 7 and of 8 bytes.
	public static class Picky extends ByteArraySerializer {
		@Override public byte[] serialize(String topic, byte[] data) {
			if (data.length == 7)
				throw new SerializationException("7 bytes");
			if (data.length == 8)
				throw new UnsupportedOperationException("8 bytes");
			return super.serialize(topic, data);
		}
	}

	static Future<RecordMetadata> sendTo(KafkaProducer<byte[], byte[]> producer,
			Integer partition, byte[] value) {
		return producer.send(new ProducerRecord<>(topic, partition, null, value));
	}

	// However long a busy machine takes to tell it of the topic.
	static void meet(KafkaProducer<byte[], byte[]> producer) throws Exception {
		while (true)
			try {
				producer.partitionsFor(topic);
				return;
			} catch (TimeoutException e) {
				Thread.sleep(20);
			}
	}

	// A record that send() refuses: by what it throws, or by a Future that has failed.
	static void refuseOne(KafkaProducer<byte[], byte[]> producer, Integer partition,
			byte[] value) throws Exception {
		try {
			sendTo(producer, partition, value).get();
			throw new IllegalStateException("it was not refused");
		} catch (ExecutionException | KafkaException | UnsupportedOperationException e) {
			System.err.println(e);
		}
	}

	static void refuse(KafkaProducer<byte[], byte[]> producer, Integer partition, byte[] one,
			byte[] other) throws Exception {
		refuseOne(producer, partition, one);
		refuseOne(producer, partition, other);
	}

	// The first two records of all, before the client has connected to anybody: one by its
	// Future, the other by its callback; or both by what send() throws.
	static void refuseFirst(KafkaProducer<byte[], byte[]> producer, boolean interrupted,
			byte[] one, byte[] other) throws Exception {
		Exception[] told = new Exception[1];
		if (interrupted) {
			for (byte[] value : new byte[][] {one, other}) {
				Thread.currentThread().interrupt();
				refuseOne(producer, null, value);
				Thread.interrupted();
			}
		} else {
			refuseOne(producer, null, one);
			producer.send(new ProducerRecord<>(topic, other),
				(metadata, exception) -> told[0] = exception);
			if (!(told[0] instanceof TimeoutException))
				throw new IllegalStateException("it was not refused");
		}
		meet(producer);
	}

	// What it refuses; and with "_again" in its name what is then sent again.
	static void refuseThenSend(KafkaProducer<byte[], byte[]> producer, String[] args,
			int count) throws Exception {
		byte[] one = new byte[] {1}, other = new byte[] {2};
		boolean again = args[2].endsWith("_again");
		int sent = again ? 2 : 0;
		switch (args[2]) {
		case "refuse_full": // its buffer.memory has no more room than for these
		case "refuse_full_again": {
			CountDownLatch release = new CountDownLatch(1);
			meet(producer);
			sendHeld(producer, 1, release);
			sendTo(producer, null, new byte[20000]);
			sendTo(producer, null, new byte[20000]);
			one = new byte[20001];
			other = new byte[20002];
			refuse(producer, null, one, other);
			release.countDown();
			sent += 3;
			break;
		}
		case "refuse_first": // with a max.block.ms of 0
		case "refuse_first_again":
		case "refuse_first_interrupted":
		case "refuse_first_interrupted_again":
			refuseFirst(producer, args[2].contains("interrupted"), one, other);
			break;
		case "refuse_large": // more than max.request.size
			refuse(producer, null, new byte[4000000], new byte[4000001]);
			break;
		case "refuse_partition": // there is no such one
			meet(producer);
			refuse(producer, 9, one, other);
			break;
		case "refuse_serialize":
			refuse(producer, null, new byte[7], new byte[8]);
			break;
		case "refuse_interrupted":
		case "refuse_interrupted_again":
			meet(producer);
			for (byte[] value : new byte[][] {one, other}) {
				meanwhile(Thread.currentThread()::interrupt);
				try {
					sendTo(producer, 9, value); // waits for there to be one
					throw new IllegalStateException("it was not refused");
				} catch (InterruptException e) {
					System.err.println(e);
					Thread.interrupted();
				}
			}
			break;
		case "refuse_fenced":
			producer.initTransactions();
			producer.beginTransaction();
			sendAll(producer, count);
			producer.flush();
			make(args).initTransactions();
			fails(producer::commitTransaction);
			refuse(producer, null, one, other);
			return;
		}
		if (again) {
			sendTo(producer, null, one);
			sendTo(producer, null, other);
		}
		sendAll(producer, count - sent);
		producer.close();
		if (args[2].equals("refuse_closed"))
			for (byte[] value : new byte[][] {one, other})
				try {
					sendTo(producer, null, value);
				} catch (IllegalStateException e) {
					System.err.println(e);
				}
	}

	// From the first record's callback on the client is held up: of what is sent after
	// it nothing leaves, until `release`.
	static void sendHeld(KafkaProducer<byte[], byte[]> producer, int count,
			CountDownLatch release) throws Exception {
		CountDownLatch held = new CountDownLatch(1);
		send(producer, (metadata, exception) -> {
			held.countDown();
			try {
				release.await();
			} catch (InterruptedException e) {
				throw new IllegalStateException(e);
			}
		});
		held.await();
		sendAll(producer, count - 1);
	}

	interface Step { void run() throws Exception; }

	// When the main thread is asleep in it, which it is not before.
	static void meanwhile(Step step) {
		Thread waiting = Thread.currentThread();
		Thread thread = new Thread(() -> {
			try {
				while (waiting.getState() == Thread.State.RUNNABLE)
					Thread.sleep(1);
				step.run();
			} catch (Exception e) {
				throw new IllegalStateException(e);
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	// A wait that an exception leaves.
	static void leave(KafkaProducer<byte[], byte[]> producer, String ending, int count)
			throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		Thread waiting = Thread.currentThread();
		sendHeld(producer, count, release);
		try {
			switch (ending) {
			case "flush_left_stopped":
				meanwhile(() -> Thread.class.getMethod("stop").invoke(waiting));
				producer.flush();
				break;
			case "close_left":
				meanwhile(() -> {
					waiting.interrupt();
					Thread.sleep(300); // close() gives up what it finds
					release.countDown();
				});
				producer.close();
				break;
			default:
				meanwhile(waiting::interrupt);
				producer.flush();
			}
		} catch (InterruptException | ThreadDeath e) {
			System.err.println(e);
		}
		if (ending.equals("flush_left_again")) {
			Thread.interrupted(); // the exception's constructor has set it again
			release.countDown();
			producer.flush();
		}
		Runtime.getRuntime().halt(0);
	}

	static void fails(Step step) throws Exception {
		try {
			step.run();
		} catch (KafkaException e) {
			System.err.println(e);
			return;
		}
		throw new IllegalStateException("it did not throw");
	}

	// One after the other, as the words of the ending say.
	static void transact(KafkaProducer<byte[], byte[]> producer, String[] args, int count)
			throws Exception {
		String ending = args[2];
		CountDownLatch release = new CountDownLatch(1);
		if (ending.equals("init")) { // its transaction.timeout.ms is not allowed
			fails(producer::initTransactions);
			return;
		}
		producer.initTransactions();
		for (String what : ending.split("_")) {
			switch (what) {
			case "commit":
				producer.beginTransaction();
				sendAll(producer, count);
				producer.commitTransaction();
				break;
			case "abort":
				producer.beginTransaction();
				sendAll(producer, count);
				producer.abortTransaction();
				break;
			case "undo": // what the broker has taken
				producer.beginTransaction();
				sendAll(producer, count);
				producer.flush();
				producer.abortTransaction();
				break;
			case "open":
				producer.beginTransaction();
				sendAll(producer, count);
				producer.flush();
				break;
			case "fenced": // another one comes with the same transactional.id
				producer.beginTransaction();
				sendAll(producer, count);
				producer.flush();
				make(args).initTransactions();
				try {
					producer.commitTransaction();
				} catch (KafkaException e) {
					System.err.println(e);
				}
				break;
			case "offsets": // of a consumer that is not in its group
				producer.beginTransaction();
				sendAll(producer, count);
				producer.flush();
				fails(() -> producer.sendOffsetsToTransaction(
					Collections.singletonMap(new TopicPartition(topic, 0),
						new OffsetAndMetadata(1)),
					new ConsumerGroupMetadata("g", 5, "nobody",
						Optional.empty())));
				break;
			case "commits": // and cannot
				fails(producer::commitTransaction);
				break;
			case "aborts":
				producer.abortTransaction();
				break;
			case "late": // commit gives up, and all of it is still in the client
				producer.beginTransaction();
				sendHeld(producer, count, release);
				fails(producer::commitTransaction);
				break;
			case "asked": // commit gives up, and all but its request is done
				producer.beginTransaction();
				sendAll(producer, count - 1);
				producer.flush();
				sendHeld(producer, 1, release);
				fails(producer::commitTransaction);
				break;
			case "after": // the client goes on with it
				release.countDown();
				Thread.sleep(2000);
				break;
			case "close":
				producer.close();
				break;
			case "exit":
				System.exit(0);
				break;
			case "halt":
				Runtime.getRuntime().halt(0);
				break;
			default:
				signal(what.substring(3));
			}
		}
	}

	static void kill(String name, String pid) throws Exception {
		new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
	}

	// When this returns: on a busy machine its threads run on for a while.
	static void stop(String pid) throws Exception {
		kill("STOP", pid);
		for (File thread : new File("/proc/" + pid + "/task").listFiles())
			while (thread.exists() && !new String(Files.readAllBytes(
					Paths.get(thread.getPath(), "stat"))).contains(") T "))
				Thread.sleep(1);
	}

	static void signal(String name) throws Exception {
		kill(name, Long.toString(ProcessHandle.current().pid()));
		Thread.sleep(20000);
	}

	public static void main(String[] args) throws Exception {
		topic = args[1];
		KafkaProducer<byte[], byte[]> producer = make(args);
		int count = Integer.parseInt(args[3]);
		switch (args[2]) {
		case "close":
			sendAll(producer, count);
			producer.close();
			break;
		case "flush":
			sendAll(producer, count);
			producer.flush();
			break;
		case "close_soon":
			sendAll(producer, count);
			producer.close(Duration.ZERO);
			break;
		case "flush_left": // by an interrupt, or by Thread.stop
		case "flush_left_stopped":
		case "flush_left_again":
		case "close_left":
			leave(producer, args[2], count);
			break;
		case "flush_left_own": // by what flush throws itself, from 4.1 on
			send(producer, (metadata, exception) -> {
				sendAll(producer, count - 1);
				try {
					producer.flush();
				} catch (KafkaException e) {
					System.err.println(e);
				}
				Runtime.getRuntime().halt(0);
			});
			Thread.sleep(20000);
			break;
		case "close_wrong": // it throws, and closes nothing
			sendAll(producer, count);
			try {
				producer.close(Duration.ofMillis(-1));
			} catch (IllegalArgumentException e) {
				System.err.println(e);
			}
			producer.close();
			break;
		case "flush_more":
			sendAll(producer, count);
			producer.flush();
			sendAll(producer, 10);
			break;
		case "get_each":
			for (int i = 0; i < count; i++)
				send(producer, null).get();
			break;
		case "get_all": {
			List<Future<RecordMetadata>> futures = new ArrayList<>();
			for (int i = 0; i < count; i++)
				futures.add(send(producer, null));
			for (Future<RecordMetadata> future : futures)
				future.get();
			break;
		}
		case "get_first": {
			Future<RecordMetadata> first = send(producer, null);
			sendAll(producer, count - 1);
			first.get();
			break;
		}
		case "get_but_one": {
			List<Future<RecordMetadata>> futures = new ArrayList<>();
			for (int i = 0; i < count; i++)
				futures.add(send(producer, null));
			for (Future<RecordMetadata> future : futures.subList(0, count - 1))
				future.get();
			Thread.sleep(500);
			break;
		}
		case "latch": {
			CountDownLatch latch = new CountDownLatch(count);
			for (int i = 0; i < count; i++)
				send(producer, (metadata, exception) -> latch.countDown());
			latch.await();
			break;
		}
		case "callback": // they run, or do not: nobody waits for them
			for (int i = 0; i < count; i++)
				send(producer, (metadata, exception) -> { });
			break;
		case "none":
			sendAll(producer, count);
			break;
		case "wait":
			sendAll(producer, count);
			Thread.sleep(1000);
			break;
		case "exit":
			sendAll(producer, count);
			System.exit(0);
			break;
		case "halt":
			sendAll(producer, count);
			Runtime.getRuntime().halt(0);
			break;
		case "throw":
			sendAll(producer, count);
			throw new IllegalStateException("on purpose");
		case "SIGTERM":
		case "SIGKILL":
			sendAll(producer, count);
			signal(args[2].substring(3));
			break;
		case "hook": // what a service does: close when it is asked to end
			Runtime.getRuntime().addShutdownHook(new Thread(() -> {
				producer.close();
				Runtime.getRuntime().halt(0);
			}));
			sendAll(producer, count);
			signal("TERM");
			break;
		case "stopped": // see ../stopped: all but the first is written, and unanswered
			send(producer, null).get();
			stop(System.getenv("FIELD_BROKER_PID"));
			if (Arrays.asList(args).contains("acks=0")) {
				for (int i = 1; i < count; i++)
					producer.send(new ProducerRecord<>(topic, new byte[1000]));
				producer.flush();
			} else
				sendAll(producer, count - 1);
			Thread.sleep(1000);
			Runtime.getRuntime().halt(0);
			break;
		case "flush_halt":
			sendAll(producer, count);
			producer.flush();
			Runtime.getRuntime().halt(0);
			break;
		case "virtual": { // JDK 21 and newer
			java.lang.reflect.Method start = Thread.class.getMethod(
				"startVirtualThread", Runnable.class);
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 50; i++)
				threads.add((Thread) start.invoke(null, (Runnable) () -> {
					sendAll(producer, count / 50);
					producer.flush();
				}));
			for (Thread thread : threads)
				thread.join();
			break;
		}
		case "threads": {
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Thread thread = new Thread(() -> sendAll(producer, count / 4));
				thread.start();
				threads.add(thread);
			}
			for (Thread thread : threads)
				thread.join();
			producer.close();
			break;
		}
		case "two": {
			KafkaProducer<byte[], byte[]> other = make(args);
			sendAll(producer, count / 2);
			sendAll(other, count / 2);
			producer.close();
			other.flush();
			break;
		}
		case "commit":
		case "abort":
		case "undo":
		case "open":
		case "open_exit":
		case "open_close":
		case "open_SIGKILL":
		case "commit_open":
		case "abort_commit":
		case "commit_halt":
		case "fenced":
		case "init":
		case "offsets_halt":
		case "offsets_commits_halt":
		case "offsets_aborts":
		case "late_halt":
		case "late_after_halt":
		case "asked_halt":
			transact(producer, args, count);
			break;
		case "refuse_full":
		case "refuse_full_again":
		case "refuse_large":
		case "refuse_partition":
		case "refuse_serialize":
		case "refuse_first":
		case "refuse_first_again":
		case "refuse_first_interrupted":
		case "refuse_first_interrupted_again":
		case "refuse_interrupted":
		case "refuse_interrupted_again":
		case "refuse_fenced":
		case "refuse_closed":
			refuseThenSend(producer, args, count);
			break;
		case "refused":
			// More than max.request.size.
			producer.send(new ProducerRecord<>(topic, new byte[4000000]));
			sendAll(producer, count);
			producer.close();
			break;
		case "retried": // buffer.memory is too small for the linger
			for (int i = 0; i < count; i++)
				while (refused(producer))
					Thread.sleep(10);
			producer.close();
			break;
		default:
			throw new IllegalArgumentException(args[2]);
		}
	}
}
