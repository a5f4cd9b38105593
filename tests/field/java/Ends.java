// SPDX-License-Identifier: Apache-2.0
// Ends - sends records to a topic and ends in the way that is asked for.
//
//	Ends BROKER TOPIC ENDING COUNT [key=value...]

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

public class Ends {
	static String topic;
	static final byte[] VALUE = new byte[100];

	static KafkaProducer<byte[], byte[]> make(String[] args) {
		Properties p = new Properties();
		p.put("bootstrap.servers", args[0]);
		p.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
		p.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
		p.put("linger.ms", "20");
		p.put("max.block.ms", "10000");
		for (int i = 4; i < args.length; i++) {
			String[] setting = args[i].split("=", 2);
			p.put(setting[0], setting[1]);
		}
		return new KafkaProducer<>(p);
	}

	static Future<RecordMetadata> send(KafkaProducer<byte[], byte[]> producer, Callback callback) {
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

	static void signal(String name) throws Exception {
		new ProcessBuilder("kill", "-" + name, Long.toString(ProcessHandle.current().pid()))
				.inheritIO().start().waitFor();
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
		case "open":
			producer.initTransactions();
			producer.beginTransaction();
			sendAll(producer, count);
			if (args[2].equals("commit"))
				producer.commitTransaction();
			else if (args[2].equals("abort"))
				producer.abortTransaction();
			else
				producer.flush();
			break;
		case "refused":
			producer.send(new ProducerRecord<>(topic, new byte[4000000])); // max.request.size
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
