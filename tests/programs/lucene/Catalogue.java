import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

public class Catalogue {
    private static final int BEANS = 3000;

    private static String[] words(Random random) {
        String[] words = new String[500];
        for (int i = 0; i < words.length; i++) {
            char[] letters = new char[3 + random.nextInt(6)];
            for (int j = 0; j < letters.length; j++) {
                letters[j] = (char) ('a' + random.nextInt(26));
            }
            words[i] = new String(letters);
        }
        return words;
    }

    private static void write(Directory directory, String[] words, Random random) throws Exception {
        IndexWriterConfig config = new IndexWriterConfig(new StandardAnalyzer());
        config.setRAMBufferSizeMB(1);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (int i = 0; i < BEANS; i++) {
                StringBuilder text = new StringBuilder();
                for (int j = 0; j < 30; j++) {
                    text.append(words[(int) (Math.abs(random.nextGaussian()) * 100) % words.length]).append(' ');
                }
                Document document = new Document();
                document.add(new StringField("id", "bean" + i, Field.Store.YES));
                document.add(new TextField("text", text.toString(), Field.Store.NO));
                document.add(new NumericDocValuesField("price", i % 17));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
    }

    private static void search(IndexSearcher searcher, String query) throws Exception {
        QueryParser parser = new QueryParser("text", new StandardAnalyzer());
        SortField price = new SortField("price", SortField.Type.INT);
        Sort sort = new Sort(SortField.FIELD_SCORE, price, SortField.FIELD_DOC);
        TopDocs found = searcher.search(parser.parse(query), 3, sort);
        StringBuilder line = new StringBuilder(query + " -> " + found.totalHits.value);
        for (ScoreDoc hit : found.scoreDocs) {
            line.append(' ').append(searcher.doc(hit.doc).get("id"));
        }
        System.out.println(line);
    }

    public static void main(String[] args) throws Exception {
        Random random = new Random(7);
        String[] words = words(random);
        Path path = Files.createTempDirectory("catalogue");
        try (Directory directory = FSDirectory.open(path)) {
            write(directory, words, random);
            try (IndexReader reader = DirectoryReader.open(directory)) {
                System.out.println(reader.numDocs());
                IndexSearcher searcher = new IndexSearcher(reader);
                search(searcher, words[0]);
                search(searcher, words[1] + " AND " + words[5]);
                search(searcher, "\"" + words[2] + " " + words[3] + "\"");
                search(searcher, words[7].substring(0, 2) + "*");
                search(searcher, words[9] + "~1");
                search(searcher, words[4] + " -" + words[6]);
            }
            for (String name : directory.listAll()) {
                directory.deleteFile(name);
            }
        }
        Files.deleteIfExists(path.resolve("write.lock"));
        Files.delete(path);
    }
}
