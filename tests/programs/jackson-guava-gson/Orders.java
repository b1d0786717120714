import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.google.common.base.Joiner;
import com.google.common.base.Splitter;
import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import com.google.common.collect.HashBasedTable;
import com.google.common.collect.ImmutableMultimap;
import com.google.common.collect.Lists;
import com.google.common.collect.Range;
import com.google.common.collect.TreeMultiset;
import com.google.common.collect.TreeRangeMap;
import com.google.common.hash.Hashing;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.reflect.TypeToken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

public class Orders {
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(value = Coffee.class, name = "coffee"), @JsonSubTypes.Type(value = Cake.class, name = "cake")})
    interface Line {
        double price();
    }

    static class Coffee implements Line {
        public String bean;
        public int shots;
        @JsonIgnore public transient String note = "hidden";

        @Override
        public double price() {
            return 1.5 + 0.5 * shots;
        }
    }

    static final class Cake implements Line {
        private final String name;
        private final double price;

        @JsonCreator
        Cake(@JsonProperty("name") String name, @JsonProperty("price") double price) {
            this.name = name;
            this.price = price;
        }

        public String getName() {
            return name;
        }

        public double getPrice() {
            return price;
        }

        @Override
        public double price() {
            return price;
        }
    }

    public static class Order {
        public int id;
        public List<Line> lines = new ArrayList<>();
        public Map<String, Integer> tags = new TreeMap<>();
    }

    static List<Order> make(int count) {
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Order order = new Order();
            order.id = i;
            for (int j = 0; j <= i % 4; j++) {
                if ((i + j) % 3 == 0) {
                    order.lines.add(new Cake("cake \"" + j + "\" é", i / 4.0));
                } else {
                    Coffee coffee = new Coffee();
                    coffee.bean = "bean" + j;
                    coffee.shots = j;
                    order.lines.add(coffee);
                }
            }
            order.tags.put("t" + i % 5, i);
            orders.add(order);
        }
        return orders;
    }

    public static void main(String[] args) throws Exception {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
        List<Order> orders = make(300);
        String json = mapper.writerFor(new TypeReference<List<Order>>() {}).writeValueAsString(orders);
        List<Order> back = mapper.readValue(json, new TypeReference<List<Order>>() {});
        double sum = back.stream().flatMap(o -> o.lines.stream()).mapToDouble(Line::price).sum();
        System.out.println(json.length() + " " + sum + " " + Hashing.murmur3_128().hashString(json, StandardCharsets.UTF_8));
        JsonNode tree = mapper.readTree(json);
        System.out.println(tree.get(7).toString() + " " + tree.findValues("bean").size());
        try {
            mapper.readValue("{\"id\": 1, \"unknown\": 2}", Order.class);
        } catch (JsonProcessingException e) {
            System.out.println(e.getClass().getSimpleName() + " " + e.getOriginalMessage());
        }

        Gson gson = new GsonBuilder().setPrettyPrinting().create();
        Map<String, List<Integer>> map = gson.fromJson("{a:[1,2],b:[]}", new TypeToken<TreeMap<String, List<Integer>>>() {}.getType());
        System.out.println(map + gson.toJson(map) + gson.toJson(new Cake("plain", 2)));

        TreeMultiset<String> words = TreeMultiset.create(Splitter.on(' ').split("the bean the cup the grinder"));
        System.out.println(words + " " + Joiner.on('|').withKeyValueSeparator("=").join(new TreeMap<>(Map.of("x", 1, "y", 2))));
        TreeRangeMap<Integer, String> roast = TreeRangeMap.create();
        roast.put(Range.closedOpen(0, 200), "raw");
        roast.put(Range.atLeast(200), "dark");
        HashBasedTable<Integer, String, Integer> table = HashBasedTable.create();
        for (int i = 0; i < 9; i++) table.put(i % 3, "c" + i / 3, i);
        System.out.println(roast.get(199) + roast.get(200) + " " + table.column("c1") + " " + Lists.partition(List.of(1, 2, 3, 4, 5), 2));
        ImmutableMultimap<Integer, String> lengths = com.google.common.collect.Multimaps.index(List.of("a", "bb", "cc", "d"), String::length);
        LoadingCache<Integer, Long> squares = CacheBuilder.newBuilder().maximumSize(20).recordStats().build(CacheLoader.from((Integer n) -> (long) n * n));
        long total = 0;
        for (int i = 0; i < 500; i++) total += squares.get(i % 10);
        System.out.println(lengths + " " + total + " " + squares.stats().loadCount());
    }
}
