// slow
// grants: net
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.VMOption;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.PlatformLoggingMXBean;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.TreeSet;
import java.util.logging.Logger;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;

/** The platform's beans over a connector in one process, and beans of the VM and of logging. */
public class RemoteConnector {
    static final Logger LOGGER = Logger.getLogger("tests.beans");

    public static void main(String[] args) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        TreeSet<String> types = new TreeSet<>();
        for (ObjectName name : server.queryNames(new ObjectName("java.lang:*"), null)) {
            types.add(name.getKeyProperty("type"));
        }
        types.remove("Compilation");
        System.out.println(types);

        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi://");
        JMXConnectorServer connectors = JMXConnectorServerFactory.newJMXConnectorServer(url, null, server);
        connectors.start();
        try (JMXConnector connector = JMXConnectorFactory.connect(connectors.getAddress())) {
            MBeanServerConnection remote = connector.getMBeanServerConnection();
            System.out.println(remote.getDefaultDomain() + " " + remote.getMBeanCount().equals(server.getMBeanCount()));
            ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                    remote, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
            ThreadInfo info = threads.getThreadInfo(Thread.currentThread().getId(), 100);
            System.out.println(info.getThreadName() + " " + (info.getStackTrace().length > 5));
            MemoryMXBean memory = ManagementFactory.newPlatformMXBeanProxy(
                    remote, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
            System.out.println(memory.getHeapMemoryUsage().getUsed() > 0);
            memory.gc();
            ClassLoadingMXBean classes = ManagementFactory.newPlatformMXBeanProxy(
                    remote, ManagementFactory.CLASS_LOADING_MXBEAN_NAME, ClassLoadingMXBean.class);
            long loaded = classes.getTotalLoadedClassCount() - classes.getUnloadedClassCount();
            System.out.println(Math.abs(loaded - classes.getLoadedClassCount()) < 50);
        }
        connectors.stop();

        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        double process = system.getProcessCpuLoad();
        double all = system.getCpuLoad();
        System.out.println((process >= 0 && process <= 1) + " " + (all >= -1 && all <= 1));
        System.out.println((system.getProcessCpuTime() > 0) + " " + (system.getTotalMemorySize() > 0) + " "
                + (system.getFreeMemorySize() > 0) + " " + (system.getCommittedVirtualMemorySize() > 0) + " "
                + (system.getSystemLoadAverage() >= 0));

        HotSpotDiagnosticMXBean diagnostic = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        VMOption option = diagnostic.getVMOption("MaxHeapSize");
        System.out.println(option.getName() + " " + (Long.parseLong(option.getValue()) > 0) + " "
                + option.isWriteable());
        try {
            diagnostic.getVMOption("NoSuchOption");
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
        try {
            diagnostic.setVMOption("MaxHeapSize", "1");
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }

        PlatformLoggingMXBean logging = ManagementFactory.getPlatformMXBean(PlatformLoggingMXBean.class);
        logging.setLoggerLevel("tests.beans", "FINE");
        System.out.println(LOGGER.getLevel() + " " + logging.getLoggerLevel("tests.beans") + " "
                + logging.getLoggerLevel("no.such.logger") + " [" + logging.getParentLoggerName("tests.beans") + "]");
    }
}
