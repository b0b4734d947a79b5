using CityPerception.Core.LineProtocol;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.LineProtocol;

public class LineProtocolAllocationTests
{
    private static readonly LineKey Measurement = LineKey.OfMeasurement("air_quality"u8);
    private static readonly LineKey Device = new("device"u8);
    private static readonly LineKey District = new("district"u8);
    private static readonly LineKey Pm25 = new("pm25"u8);
    private static readonly LineKey No2 = new("no2"u8);
    private static readonly LineKey Ok = new("ok"u8);
    private static readonly LineKey Note = new("note"u8);

    [Fact]
    public void WriteAndRead_Lines_AllocateNothing()
    {
        var buffer = new LineBuffer();
        double sum = Both(buffer); // the first pass compiles
        Assert.Equal(35.1 + 19, sum, 6);

        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (int i = 0; i < 100; i++) Both(buffer);
        }));
    }

    [Fact]
    public void Read_BadLines_AllocateNothing()
    {
        static int Faults()
        {
            int faults = 0;
            var reader = new LineProtocolReader("m f=x\nm,k= f=1\nm f=\"a\"b\nm f=1 x\nm\n"u8);
            while (reader.NextLine())
            {
                while (reader.NextField()) { }
                if (reader.Failed && reader.Fault.Line > 0) faults++;
            }

            return faults;
        }

        Assert.Equal(5, Faults());
        Assert.Equal(0, Allocated.Bytes(() => Faults()));
    }

    private static double Both(LineBuffer buffer)
    {
        buffer.Clear();
        var line = new LineProtocolWriter(buffer, Measurement);
        line.Tag(Device, "站 01,a"u8);
        line.Tag(District, "140403"u8);
        line.Float(Pm25, 35.1);
        line.FloatText(No2, "19"u8);
        line.Boolean(Ok, true);
        line.String(Note, "say \"hi\"\n"u8);
        line.End(1795483800000000000);

        double sum = 0;
        Span<byte> scratch = stackalloc byte[64];
        var reader = new LineProtocolReader(buffer.Written);
        while (reader.NextLine())
        {
            while (reader.NextTag()) sum += reader.Value.Plain(scratch).IsEmpty ? 1 : 0;
            while (reader.NextField()) sum += reader.TryGetDouble(out double value) ? value : 0;
            sum += reader.Failed ? 1 : 0;
        }

        return sum;
    }
}
