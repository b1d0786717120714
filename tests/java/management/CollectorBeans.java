import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;

/** Beans of collectors: counts, times, the last collection, notifications. */
public class CollectorBeans {
    public static void main(String[] args) throws Exception {
        List<GarbageCollectorMXBean> beans =
                ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
        LinkedBlockingQueue<Notification> told = new LinkedBlockingQueue<>();
        NotificationListener listener = (notification, handback) -> told.add(notification);
        for (GarbageCollectorMXBean bean : beans) {
            ((NotificationEmitter) bean).addNotificationListener(listener, null, null);
        }
        long before = beans.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
        System.gc();
        long after = beans.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
        System.out.println("counted " + (after > before));
        System.out.println("time " + beans.stream().allMatch(bean -> bean.getCollectionTime() >= 0));

        Notification notification = told.poll(20, TimeUnit.SECONDS);
        System.out.println(notification.getType());
        CompositeData data = (CompositeData) notification.getUserData();
        GarbageCollectionNotificationInfo info = GarbageCollectionNotificationInfo.from(data);
        System.out.println(info.getGcAction() + "; " + info.getGcCause());
        GcInfo collection = info.getGcInfo();
        System.out.println((collection.getId() > 0) + " " + (collection.getStartTime() >= 0) + " "
                + (collection.getEndTime() >= collection.getStartTime()) + " " + (collection.getDuration() >= 0));
        System.out.println(collection.getMemoryUsageBeforeGc().keySet()
                .equals(collection.getMemoryUsageAfterGc().keySet()));
        long pools = ManagementFactory.getMemoryPoolMXBeans().size();
        System.out.println(collection.getMemoryUsageAfterGc().size() == pools);
        long usedBefore = collection.getMemoryUsageBeforeGc().values().stream().mapToLong(u -> u.getUsed()).sum();
        System.out.println(usedBefore > 0);

        boolean last = false;
        for (GarbageCollectorMXBean bean : beans) {
            GcInfo lastInfo = bean.getLastGcInfo();
            last |= lastInfo != null && lastInfo.getId() > 0;
            for (String pool : bean.getMemoryPoolNames()) {
                boolean known = ManagementFactory.getMemoryPoolMXBeans().stream()
                        .anyMatch(one -> one.getName().equals(pool));
                if (!known) {
                    System.out.println("unknown pool " + pool);
                }
            }
            ((NotificationEmitter) bean).removeNotificationListener(listener);
        }
        System.out.println("last " + last);
        told.clear();
        System.gc();
        System.out.println("told after removal " + told.poll(50, TimeUnit.MILLISECONDS));

        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(new ObjectName("java.lang:type=GarbageCollector,*"), null)) {
            Object count = server.getAttribute(name, "CollectionCount");
            CompositeData open = (CompositeData) server.getAttribute(name, "LastGcInfo");
            boolean right = open == null || open.containsKey("memoryUsageAfterGc");
            System.out.println(((Long) count >= 0) && right ? "open type" : "wrong " + name);
            break;
        }
    }
}
