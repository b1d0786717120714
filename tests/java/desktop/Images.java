// grants: file
import java.awt.Color;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** What of java.awt is Java: colours, geometry, pixels, image files. */
public class Images {
    static void roundTrip(BufferedImage image, String format) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.out.println(format + " " + ImageIO.write(image, format, bytes));
        BufferedImage back = ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
        System.out.println(back.getWidth() + "x" + back.getHeight() + " " + Integer.toHexString(back.getRGB(7, 9)));
    }
    public static void main(String[] args) throws Exception {
        System.setProperty("java.awt.headless", "true");
        BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, new Color(x * 6, y * 8, x * y & 255).getRGB());
            }
        }
        roundTrip(image, "png");
        roundTrip(image, "bmp");
        roundTrip(image, "gif");
        WritableRaster raster = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY).getRaster();
        raster.setSample(1, 0, 0, 77);
        System.out.println(Arrays.toString(raster.getPixels(0, 0, 2, 2, (int[]) null)));
        Area area = new Area(new Rectangle(0, 0, 10, 10));
        area.subtract(new Area(new Ellipse2D.Double(2, 2, 5, 5)));
        System.out.println(area.getBounds() + " " + area.contains(4, 4));
        System.out.println(AffineTransform.getRotateInstance(1).transform(new Point(3, 4), null));
        System.out.println(Color.decode("#ff8800").darker());
        System.out.println(Arrays.toString(Color.RGBtoHSB(1, 200, 3, null)));
    }
}
