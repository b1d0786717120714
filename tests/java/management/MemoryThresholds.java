// slow
// jvm: -Xmx128m
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** Thresholds of memory pools: notifications, counts, peaks, what cannot be set. */
public class MemoryThresholds {
    static List<Object> kept = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans();
        boolean heap = false;
        boolean other = false;
        for (MemoryPoolMXBean pool : pools) {
            MemoryUsage usage = pool.getUsage();
            MemoryUsage peak = pool.getPeakUsage();
            check("usage", usage.getUsed() <= usage.getCommitted());
            check("peak", peak.getUsed() >= 0);
            check("managers", pool.getMemoryManagerNames().length > 0);
            check("valid", pool.isValid());
            heap |= pool.getType() == MemoryType.HEAP;
            other |= pool.getType() == MemoryType.NON_HEAP && pool.getCollectionUsage() == null;
        }
        System.out.println(heap + " " + other);

        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        CountDownLatch usageTold = new CountDownLatch(1);
        CountDownLatch collectionTold = new CountDownLatch(1);
        TreeSet<String> wrong = new TreeSet<>();
        ConcurrentHashMap<String, Long> counts = new ConcurrentHashMap<>();
        ((NotificationEmitter) memory).addNotificationListener((notification, handback) -> {
            MemoryNotificationInfo info = MemoryNotificationInfo.from((CompositeData) notification.getUserData());
            counts.merge(info.getPoolName(), 1L, Long::sum);
            if (info.getCount() < 1 || info.getUsage().getUsed() <= 0 || !handback.equals("mine")) {
                wrong.add(info.getPoolName());
            }
            if (notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED)) {
                usageTold.countDown();
            } else {
                collectionTold.countDown();
            }
        }, null, "mine");

        int usageThresholds = 0;
        int collectionThresholds = 0;
        for (MemoryPoolMXBean pool : pools) {
            if (pool.getType() != MemoryType.HEAP) {
                continue;
            }
            if (pool.isUsageThresholdSupported()) {
                check("no threshold", !pool.isUsageThresholdExceeded() && pool.getUsageThreshold() == 0);
                pool.setUsageThreshold(12 << 20);
                usageThresholds++;
            }
            if (pool.isCollectionUsageThresholdSupported()) {
                pool.setCollectionUsageThreshold(12 << 20);
                collectionThresholds++;
                try {
                    pool.setCollectionUsageThreshold(-1);
                } catch (IllegalArgumentException e) {
                    check("negative", e.getMessage().equals("Invalid threshold: -1"));
                }
            }
            try {
                pool.setUsageThreshold(Long.MAX_VALUE);
                check("beyond the maximum", pool.getUsage().getMax() == -1);
            } catch (IllegalArgumentException | UnsupportedOperationException e) {
                check("message", e.getMessage() != null);
            }
            if (pool.isUsageThresholdSupported()) {
                pool.setUsageThreshold(12 << 20);
            }
        }
        System.out.println((usageThresholds > 0) + " " + (collectionThresholds > 0));

        for (int i = 0; i < 40 * 256; i++) {
            kept.add(new byte[4000]);
        }
        System.gc();
        for (int i = 0; i < 1000; i++) {
            kept.add(new byte[4000]);
        }
        System.out.println("usage told " + usageTold.await(20, TimeUnit.SECONDS));
        System.out.println("use after collection told " + collectionTold.await(20, TimeUnit.SECONDS));
        System.out.println("wrong " + wrong);
        boolean counted = false;
        boolean exceeded = false;
        for (MemoryPoolMXBean pool : pools) {
            if (pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()) {
                counted |= pool.getUsageThresholdCount() > 0;
                exceeded |= pool.isUsageThresholdExceeded();
            }
        }
        System.out.println(counted + " " + exceeded);
        long peak = pools.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).max().getAsLong();
        System.out.println("peak " + (peak > 30 << 20));
        kept.clear();
        System.gc();
        pools.forEach(MemoryPoolMXBean::resetPeakUsage);
        long later = pools.stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed()).max().getAsLong();
        System.out.println("peak reset " + (later < 20 << 20));
        for (MemoryPoolMXBean pool : pools) {
            if (pool.getType() == MemoryType.NON_HEAP) {
                try {
                    pool.setCollectionUsageThreshold(1);
                    check("collection threshold without collection", false);
                } catch (UnsupportedOperationException e) {
                    check("text", e.getMessage().equals("CollectionUsage threshold is not supported"));
                }
            }
        }
        MemoryUsage usage = memory.getHeapMemoryUsage();
        System.out.println(usage.getMax() + " " + Arrays.asList(memory.getObjectName().getKeyPropertyList()));
    }

    static void check(String what, boolean right) {
        if (!right) {
            System.out.println("wrong: " + what);
        }
    }
}
