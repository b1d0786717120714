import java.lang.management.*;

/** There is a compilation bean where there is a compiler, and its time does not go backwards. */
public class CompilationBean {
    public static void main(String[] args) {
        CompilationMXBean bean = ManagementFactory.getCompilationMXBean();
        boolean interpreted = System.getProperty("java.vm.info").startsWith("interpreted");
        System.out.println((bean == null) == interpreted);
        System.out.println((System.getProperty("sun.management.compiler") == null) == interpreted);
        if (bean != null) {
            System.out.println(bean.isCompilationTimeMonitoringSupported() && !bean.getName().isEmpty());
            long before = bean.getTotalCompilationTime();
            long sum = 0;
            for (int i = 0; i < 3_000_000; i++) sum += Integer.bitCount(i);
            System.out.println(sum > 0 && before >= 0 && bean.getTotalCompilationTime() >= before);
        } else {
            System.out.println("true\ntrue");
        }
    }
}
