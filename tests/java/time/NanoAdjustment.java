// jvm: --add-exports=java.base/jdk.internal.misc=ALL-UNNAMED
import java.lang.reflect.Method;

/** How far the clock's offset may be from now: less than two to the power of 32 seconds. */
public class NanoAdjustment {
    public static void main(String[] args) throws Exception {
        Method adjustment = Class.forName("jdk.internal.misc.VM").getMethod("getNanoTimeAdjustment", long.class);
        long limit = 1L << 32;
        for (long away : new long[] {limit - 60, limit, limit + 60, Long.MAX_VALUE / 2}) {
            long before = (long) adjustment.invoke(null, System.currentTimeMillis() / 1000 - away);
            long after = (long) adjustment.invoke(null, System.currentTimeMillis() / 1000 + away);
            System.out.println((before == -1) + " " + (after == -1));
        }
    }
}
