// SPDX-License-Identifier: Apache-2.0
// An image as base64 text, so many times, each waited for: what it took, in ms.
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

public class Image {
    public static void main(String[] args) throws Exception {
        Properties props = new Properties();
        props.put("bootstrap.servers", args[0]);
        props.put("max.request.size", 50000000);
        props.put("buffer.memory", 100000000);
        if (!args[4].equals("default"))
            props.put("send.buffer.bytes", Integer.parseInt(args[4]));
        props.put("key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        props.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
        for (int i = 5; i < args.length; i++)
            props.put(args[i].substring(0, args[i].indexOf('=')),
                args[i].substring(args[i].indexOf('=') + 1));
        byte[] image = Files.readAllBytes(Paths.get(args[2]));
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(props)) {
            for (int i = 0; i < Integer.parseInt(args[3]); i++) {
                long began = System.nanoTime();
                producer.send(new ProducerRecord<>(args[1], image)).get();
                System.out.println("took_ms " + (System.nanoTime() - began) / 1e6);
            }
        }
    }
}
