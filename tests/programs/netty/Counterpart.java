import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

public class Counterpart {
    private static final int GUESTS = 10;
    private static final int ORDERS = 100;

    static ChannelInitializer<SocketChannel> each(BiConsumer<ChannelHandlerContext, String> onMessage) {
        return new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                ChannelPipeline pipeline = channel.pipeline();
                pipeline.addLast(new LengthFieldBasedFrameDecoder(65536, 0, 4, 0, 4));
                pipeline.addLast(new LengthFieldPrepender(4));
                pipeline.addLast(new StringDecoder());
                pipeline.addLast(new StringEncoder());
                pipeline.addLast(
                    new SimpleChannelInboundHandler<String>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext context, String message) {
                            onMessage.accept(context, message);
                        }
                    });
            }
        };
    }

    public static void main(String[] args) throws Exception {
        EventLoopGroup loops = new NioEventLoopGroup(3);
        AtomicLong letters = new AtomicLong();
        CountDownLatch answers = new CountDownLatch(GUESTS * ORDERS);
        ServerBootstrap serving = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class);
        serving.childHandler(each((context, message) -> context.writeAndFlush("one " + message)));
        Channel server = serving.bind("127.0.0.1", 0).sync().channel();
        Channel[] guests = new Channel[GUESTS];
        for (int i = 0; i < GUESTS; i++) {
            Bootstrap visiting = new Bootstrap().group(loops).channel(NioSocketChannel.class);
            visiting.handler(
                each(
                    (context, message) -> {
                        letters.addAndGet(message.length());
                        answers.countDown();
                    }));
            guests[i] = visiting.connect(server.localAddress()).sync().channel();
        }
        for (int order = 0; order < ORDERS; order++) {
            for (Channel guest : guests) {
                guest.writeAndFlush("espresso " + order);
            }
        }
        System.out.println(answers.await(60, TimeUnit.SECONDS));
        System.out.println(letters);
        server.close().sync();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(1 << 12);
        for (int i = 0; i < 10000; i++) {
            buffer.writeInt(i);
        }
        long sum = 0;
        while (buffer.isReadable()) {
            sum += buffer.readInt();
        }
        buffer.release();
        System.out.println(sum);
    }
}
