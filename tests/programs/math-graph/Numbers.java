import java.util.Random;
import org.apache.commons.math3.analysis.integration.SimpsonIntegrator;
import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.apache.commons.math3.complex.Complex;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.special.Erf;
import org.apache.commons.math3.special.Gamma;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;
import org.apfloat.Apfloat;
import org.apfloat.ApfloatMath;
import org.apfloat.Apint;
import org.apfloat.ApintMath;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.alg.flow.PushRelabelMFImpl;
import org.jgrapht.alg.scoring.PageRank;
import org.jgrapht.alg.shortestpath.BellmanFordShortestPath;
import org.jgrapht.graph.DefaultWeightedEdge;
import org.jgrapht.graph.SimpleDirectedWeightedGraph;

public class Numbers {
    public static void main(String[] args) {
        Random random = new Random(5);
        double[][] cells = new double[25][25];
        for (double[] row : cells) for (int i = 0; i < row.length; i++) row[i] = random.nextGaussian();
        RealMatrix matrix = new Array2DRowRealMatrix(cells);
        System.out.println(new QRDecomposition(matrix).getR().getTrace());
        System.out.println(new EigenDecomposition(matrix.multiply(matrix.transpose())).getRealEigenvalue(0));
        System.out.println(new SimpsonIntegrator().integrate(100000, x -> Math.sin(x) * Math.exp(-x), 0, 3));
        System.out.println(new BrentSolver(1e-12).solve(200, x -> Math.cbrt(x) - Math.cos(x), 0, 2));
        System.out.println(Gamma.logGamma(12.34) + " " + Erf.erf(0.7) + " " + new NormalDistribution().inverseCumulativeProbability(0.975));
        System.out.println(new Complex(1, 2).pow(new Complex(0.5, -1)) + " " + StrictMath.tan(1e10) + " " + Math.fma(1e-5, 3.1, 7));
        Complex[] wave = new Complex[256];
        for (int i = 0; i < wave.length; i++) wave[i] = new Complex(Math.cos(i * 0.3) + random.nextDouble());
        double power = 0;
        for (Complex c : new FastFourierTransformer(DftNormalization.UNITARY).transform(wave, TransformType.FORWARD)) power += c.abs();
        System.out.println(power);
        SimpleRegression line = new SimpleRegression();
        for (int i = 0; i < 50; i++) line.addData(i, 3 * i + random.nextFloat());
        System.out.println(line.getSlope() + " " + line.getRSquare());

        System.out.println(ApfloatMath.exp(new Apfloat(1, 300)).toString(true).substring(280));
        System.out.println(ApfloatMath.sqrt(new Apfloat(2, 1500)).toString(true).substring(1470));
        Apint factorial = ApintMath.factorial(300);
        System.out.println(factorial.toString().length() + " " + factorial.mod(new Apint(1000003)));

        Graph<Integer, DefaultWeightedEdge> graph = new SimpleDirectedWeightedGraph<>(DefaultWeightedEdge.class);
        for (int i = 0; i < 120; i++) graph.addVertex(i);
        for (int i = 0; i < 600; i++) {
            int from = random.nextInt(120), to = random.nextInt(120);
            if (from != to && graph.getEdge(from, to) == null) graph.setEdgeWeight(graph.addEdge(from, to), 1 + random.nextInt(40));
        }
        System.out.println(new BellmanFordShortestPath<>(graph).getPath(0, 77));
        System.out.println(new PushRelabelMFImpl<>(graph).calculateMaximumFlow(0, 77));
        System.out.println(new KosarajuStrongConnectivityInspector<>(graph).stronglyConnectedSets().size() + " " + new PageRank<>(graph).getVertexScore(3));
    }
}
