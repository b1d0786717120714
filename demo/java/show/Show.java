package show;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A short tour: language features, the class library, threads, errors that are caught and lived on from. */
public class Show {
    sealed interface Shape permits Circle, Square { }

    record Circle(double radius) implements Shape { }

    record Square(double side) implements Shape { }

    static double area(Shape shape) {
        if (shape instanceof Circle c) {
            return Math.PI * c.radius() * c.radius();
        }
        return ((Square) shape).side() * ((Square) shape).side();
    }

    static void picture() {
        for (double y = -1.1; y <= 1.1; y += 0.11) {
            StringBuilder line = new StringBuilder();
            for (double x = -2.1; x <= 0.7; x += 0.045) {
                double re = 0, im = 0;
                int n = 0;
                while (n < 60 && re * re + im * im < 4) {
                    double t = re * re - im * im + x;
                    im = 2 * re * im + y;
                    re = t;
                    n++;
                }
                line.append(" .:-=+*#%@".charAt(n == 60 ? 9 : n % 9));
            }
            System.out.println(line);
        }
    }

    static int depth(int n) {
        return depth(n + 1) + 1;
    }

    static void errors() {
        int[] numbers = null;
        try {
            numbers[3] = 1;
        } catch (NullPointerException e) {
            System.out.println("caught: " + e.getMessage());
        }
        try {
            depth(0);
        } catch (StackOverflowError e) {
            System.out.println("caught: a stack overflow with " + e.getStackTrace().length + " frames shown");
        }
        try {
            List<byte[]> hoard = new ArrayList<>();
            while (true) {
                hoard.add(new byte[1 << 20]);
            }
        } catch (OutOfMemoryError e) {
            System.out.println("caught: " + e.getMessage() + ", and going on");
        }
    }

    public static void main(String[] args) throws Exception {
        System.out.println("-- a picture, computed point by point");
        picture();
        System.out.println("-- records, sealed types, streams");
        List<Shape> shapes = List.of(new Circle(1), new Square(2), new Circle(0.5));
        shapes.forEach(shape -> System.out.printf("%s has area %.3f%n", shape, area(shape)));
        Map<Integer, List<String>> byLength = IntStream.rangeClosed(1, 12)
            .mapToObj(i -> "x".repeat(i % 4) + i)
            .collect(Collectors.groupingBy(String::length, TreeMap::new, Collectors.toList()));
        System.out.println(byLength);
        System.out.println("-- threads");
        List<CompletableFuture<Long>> parts = new ArrayList<>();
        for (int part = 0; part < 8; part++) {
            int from = part * 25_000;
            parts.add(CompletableFuture.supplyAsync(() -> IntStream.range(from, from + 25_000).filter(Show::isPrime).count()));
        }
        long primes = 0;
        for (CompletableFuture<Long> part : parts) {
            primes += part.get();
        }
        System.out.println(primes + " primes below 200000, counted by eight tasks");
        System.out.println("-- errors");
        errors();
        System.out.println("-- run from " + Path.of(Show.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getFileName());
    }

    static boolean isPrime(int n) {
        for (int d = 2; d * d <= n; d++) {
            if (n % d == 0) {
                return false;
            }
        }
        return n > 1;
    }
}
