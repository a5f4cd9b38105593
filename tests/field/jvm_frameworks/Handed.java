// SPDX-License-Identifier: Apache-2.0
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Lets a program that ends without waiting end when its framework has handed all its messages to
 * the producer, on whatever thread it does that: configured as an interceptor.
 */
public class Handed implements ProducerInterceptor<Object, Object> {
	static CountDownLatch left;

	public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> message) {
		left.countDown();
		return message;
	}

	public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

	public void close() {}

	public void configure(Map<String, ?> settings) {}

	/** The last one has passed here, and is in the producer's buffer an instant later. */
	static void await() throws InterruptedException {
		left.await();
		Thread.sleep(500);
	}
}
