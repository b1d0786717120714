/** Floating point on fields of a few objects. */
public class NBody {
    static final class Body {
        double x, y, z, vx, vy, vz;
        final double mass;

        Body(double mass, double... s) {
            this.mass = mass * 4 * Math.PI * Math.PI;
            x = s[0];
            y = s[1];
            z = s[2];
            vx = s[3] * 365.24;
            vy = s[4] * 365.24;
            vz = s[5] * 365.24;
        }
    }

    static final Body[] BODIES = {
        new Body(1, 0, 0, 0, 0, 0, 0),
        new Body(9.5e-4, 4.8414, -1.1603, -0.1036, 0.00166, 0.0077, -0.000069),
        new Body(2.9e-4, 8.3434, 4.1248, -0.4035, -0.00277, 0.0050, 0.000023),
        new Body(4.4e-5, 12.8944, -15.1112, -0.2233, 0.00296, 0.0024, -0.00003),
        new Body(5.2e-5, 15.3797, -25.9193, 0.1793, 0.00268, 0.0016, -0.000095),
    };

    static void step(double dt) {
        for (int i = 0; i < BODIES.length; i++) {
            Body a = BODIES[i];
            for (int j = i + 1; j < BODIES.length; j++) {
                Body b = BODIES[j];
                double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
                double d2 = dx * dx + dy * dy + dz * dz;
                double mag = dt / (d2 * Math.sqrt(d2));
                a.vx -= dx * b.mass * mag;
                a.vy -= dy * b.mass * mag;
                a.vz -= dz * b.mass * mag;
                b.vx += dx * a.mass * mag;
                b.vy += dy * a.mass * mag;
                b.vz += dz * a.mass * mag;
            }
        }
        for (Body b : BODIES) {
            b.x += dt * b.vx;
            b.y += dt * b.vy;
            b.z += dt * b.vz;
        }
    }

    public static void main(String[] args) {
        int steps = Integer.parseInt(args[0]);
        for (int i = 0; i < steps; i++) {
            step(0.01);
        }
        double sum = 0;
        for (Body b : BODIES) {
            sum += b.x + b.vy;
        }
        System.out.println(sum);
    }
}
