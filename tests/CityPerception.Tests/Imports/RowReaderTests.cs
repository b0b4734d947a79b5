using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Text;
using CityPerception.Imports;
using CityPerception.Imports.Reading;
using CityPerception.TestKit;
using CityPerception.Tests.Simulation;

namespace CityPerception.Tests.Imports;

/// <summary>What the rows of an input are, whatever its format, encoding and cuts.</summary>
public sealed class RowReaderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a,b\n1,2\n", """2 {"a":"1","b":"2"}""")]
    [InlineData("\uFEFFa;b\r\n1;x,y\r\n", """2 {"a":"1","b":"x,y"}""")]
    [InlineData("a\tb\n 1 \t\n", """2 {"a":"1"}""")]
    [InlineData("a,b\n\"x\ny\",\"say \"\"hi\"\"\"\n3,4", """2 {"a":"x\ny","b":"say \"hi\""}""", """3 {"a":"3","b":"4"}""")]
    [InlineData("a,,b\n1,2,3\n\n4,5,6\n", """2 {"a":"1","b":"3"}""", """4 {"a":"4","b":"6"}""")]
    [InlineData("内容,b\n很吵,0\n", """2 {"内容":"很吵","b":"0"}""")]
    [InlineData("a,b\n1\n1,2,3\n4,5\n", "2 {\"cells\":[\"1\"]} syntax_invalid", "3 {\"cells\":[\"1\",\"2\",\"3\"]} syntax_invalid", """4 {"a":"4","b":"5"}""")]
    [InlineData("a,b\n\"never closed,2\n4,5\n", "2 {\"cells\":[\"\\\"never closed,2\"]} syntax_invalid", """3 {"a":"4","b":"5"}""")]
    [InlineData("_row,_reason,_path,_found,a\n7,r,p,f,'=1\n8,r,p,f,'x\n", """2 {"a":"=1"}""", """3 {"a":"'x"}""")]
    [InlineData("a,unread\n1.40403E+17,1\n1.5E+03,1\n1.5E-12,1.40403E+17\n", "2 {\"a\":\"1.40403E+17\",\"unread\":\"1\"} number_invalid", """3 {"a":"1.5E+03","unread":"1"}""", """4 {"a":"1.5E-12","unread":"1.40403E+17"}""")]
    public async Task Csv_OfAnyForm_IsDocumentsWithRowNumbers(string csv, params string[] rows)
    {
        IReadOnlySet<string>? members = csv.Contains("unread", StringComparison.Ordinal) ? new HashSet<string> { "a" } : null;
        byte[] bytes = Encoding.UTF8.GetBytes(csv);
        Assert.Equal(rows, await ReadAsync(new MemoryStream(bytes), new ReadTerms { Format = ImportFormat.Csv, Members = members }));
        Assert.Equal(rows, await ReadAsync(new DripStream(bytes), new ReadTerms { Format = ImportFormat.Csv, Members = members }));
    }

    [Fact]
    public async Task Csv_InGb18030_IsTheSameAsInUtf8()
    {
        string csv = ImportSamples.Tickets(3_000);
        var terms = new ReadTerms { Format = ImportFormat.Csv };
        List<string> utf8 = await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), terms);
        Assert.Equal(3_000, utf8.Count);
        Assert.Equal(utf8, await ReadAsync(new MemoryStream(Encodings.Gb18030.GetBytes(csv)), terms));
        // Until the first character that is not ASCII nobody can know.
        string late = "a,b\n" + string.Concat(Enumerable.Repeat("plain text of many rows,1\n", 20_000)) + "很吵,2\n";
        Assert.Equal("""20002 {"a":"很吵","b":"2"}""", (await ReadAsync(new MemoryStream(Encodings.Gb18030.GetBytes(late)), terms))[^1]);
    }

    [Fact]
    public async Task Csv_OneBadByteInUtf8_CostsItsRowAlone()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("内容,b\n很吵,0\n很?,1\n很静,2\n");
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xFF;
        List<string> rows = await ReadAsync(new MemoryStream(bytes), new ReadTerms { Format = ImportFormat.Csv, Encoding = ImportEncoding.Utf8 });
        Assert.EndsWith(" text_encoding_invalid", rows[1], StringComparison.Ordinal);
        Assert.Equal(["""2 {"内容":"很吵","b":"0"}""", """4 {"内容":"很静","b":"2"}"""], [rows[0], rows[2]]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Place_ReadingTakenUpThere_GivesTheRest(bool isTable)
    {
        ImportFormat format = isTable ? ImportFormat.Csv : ImportFormat.Ndjson;
        byte[] bytes = Encoding.UTF8.GetBytes(format is ImportFormat.Csv ? ImportSamples.Tickets(15_000) : string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{{\"number\":{i}}}\n")));
        List<string> all = await ReadAsync(new MemoryStream(bytes), new ReadTerms { Format = format });
        HashSet<ImportPlace> places = [];
        using (IRowReader rows = RowReaders.Open(new MemoryStream(bytes), new ReadTerms { Format = format }, Ct))
            while (await rows.ReadAsync(Ct)) places.Add(rows.Place);
        Assert.True(places.Count >= 3, "more than one chunk");

        CsvHead? head = format is ImportFormat.Csv ? await CsvRows.ReadHeadAsync(new MemoryStream(bytes), ImportEncoding.Auto, Ct) : null;
        foreach (ImportPlace place in places.Where(p => p.Row > 0))
        {
            var rest = new MemoryStream(bytes) { Position = place.Offset };
            Assert.Equal(all.SkipWhile(row => long.Parse(row.Split(' ')[0], provider: null) <= place.Row), await ReadAsync(rest, new ReadTerms { Format = format, Start = place, Head = head }));
        }
    }

    [Fact]
    public async Task Chunks_OfAnySize_AreWholeRowsAndTogetherTheInput()
    {
        byte[] bytes = Encodings.Gb18030.GetBytes("a,b\r\n\"x\r\ny\",\"\"\"\n\"\"\"\r\n很吵,\"2\n\n3\"\n丂,4");
        byte[][] ends = [.. new[] { "a,b\r\n", "a,b\r\n\"x\r\ny\",\"\"\"\n\"\"\"\r\n", "a,b\r\n\"x\r\ny\",\"\"\"\n\"\"\"\r\n很吵,\"2\n\n3\"\n" }.Select(Encodings.Gb18030.GetBytes)];
        for (int size = 1; size <= bytes.Length + 1; size++)
        {
            using var chunks = new RowChunks(new DripStream(bytes), quoted: true, size, 0);
            List<byte> together = [];
            while (await chunks.NextAsync(Ct))
            {
                together.AddRange(chunks.Chunk.ToArray());
                Assert.False(chunks.IsBroken);
                Assert.Equal(together.Count, chunks.End);
                Assert.Contains(together.Count, ends.Select(e => e.Length).Append(bytes.Length));
            }

            Assert.Equal(bytes, together);
        }
    }

    [Theory]
    [InlineData("[{\"a\":1},\n {\"a\":2}]", "1 {\"a\":1}", "2 {\"a\":2}")]
    [InlineData("{\"a\":\n1}", "1 {\"a\":\n1}")]
    public async Task Json_ArrayOrDocument_IsItsElements(string json, params string[] rows) => Assert.Equal(
        rows, await ReadAsync(new DripStream(Encoding.UTF8.GetBytes(json)), new ReadTerms { Format = ImportFormat.Json, IsWhole = json[0] == '{' }));

    [Fact]
    public async Task Json_BrokenAfterSomeElements_HandsThoseOutAndSaysWhere()
    {
        using IRowReader rows = RowReaders.Open(new MemoryStream("[{\"a\":1},{\"a\":2},{\"a\""u8.ToArray()), new ReadTerms { Format = ImportFormat.Json }, Ct);
        ImportFaultException fault = await Assert.ThrowsAsync<ImportFaultException>(async () =>
        {
            while (await rows.ReadAsync(Ct))
            {
            }
        });
        Assert.StartsWith("After element ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ndjson_CorrectedFileOfRejections_IsTheOriginalAgain() => Assert.Equal(
        ["1 {\"a\":1,\"b\":{}}", "3 {}", "4 {\"_rejected\":1"],
        await ReadAsync(
            new MemoryStream("{\"_rejected\":{\"row\":7,\"found\":\"}\"},\"a\":1,\"b\":{}}\r\n\n{\"_rejected\":{}}\n{\"_rejected\":1"u8.ToArray()),
            new ReadTerms { Format = ImportFormat.Ndjson }));

    [Fact]
    public async Task Sheet_OfLibreOffice_HasDatesFormulasAndTheRowsThatLostDigits()
    {
        await using FileStream book = File.OpenRead(ImportSamples.Fixture("hotline.xlsx"));
        List<string> rows = await ReadAsync(book, new ReadTerms { Format = ImportFormat.Xlsx, Sheet = "工单" });
        Assert.Equal(4, rows.Count);
        Assert.StartsWith("""2 {"工单编号":"CZ20261120000187","来电时间":"2026-11-20T09:12:33",""", rows[0], StringComparison.Ordinal);
        Assert.Contains("\"内容\":\"英雄中路工地昨夜十一点仍在施工，\\n打过两次电话, 没有人管。\"", rows[0], StringComparison.Ordinal);
        Assert.Contains("\"满意度\":\"非常满意\"", rows[0], StringComparison.Ordinal);
        Assert.Contains("\"来电时间\":\"2026-11-23T09:12:33\"", rows[1], StringComparison.Ordinal);
        Assert.EndsWith(" number_invalid", rows[2], StringComparison.Ordinal);
        Assert.DoesNotContain("事发区县", rows[3], StringComparison.Ordinal);
        book.Position = 0;
        Assert.Equal(rows[2..], await ReadAsync(book, new ReadTerms { Format = ImportFormat.Xlsx, Sheet = "工单", Start = new ImportPlace(3, 0) }));
    }

    [Fact]
    public async Task Samples_OfTheHotlineAsTableAndAsJson_AreTheSameRows()
    {
        async Task<string> MapAsync(string sample, ImportFormat format)
        {
            var mapped = new StringBuilder();
            await using FileStream file = File.OpenRead(RepositoryFolder.Find(Path.Combine("ingest-configs", "samples", sample)));
            using IRowReader rows = RowReaders.Open(file, new ReadTerms { Format = format }, Ct);
            RowMapper mapper = RowMapper.Find(Ingest.Plan, "hotline-export", new Dictionary<string, string>())!;
            while (await rows.ReadAsync(Ct))
            {
                mapper.Map(rows.Document.Span, TimeProvider.System.UnixNs());
                Assert.Empty(mapper.Rejections);
                mapped.Append(Encoding.UTF8.GetString(mapper.Lines.Written));
            }

            return mapped.ToString();
        }

        string table = await MapAsync("hotline-export-table.csv", ImportFormat.Csv);
        Assert.Equal(17, table.Count(c => c == '\n'));
        Assert.Equal(table, await MapAsync("hotline-export.json", ImportFormat.Json));
    }

    [Theory]
    [InlineData("x.csv", "[1]", "json", "csv")]
    [InlineData("x.csv", "PK\x03\x04", "json", "xlsx")]
    [InlineData("x.json", "[{}]", "json", "json")]
    [InlineData("x.json", "{\"a\":1}\n{\"a\":2}\n", "json", "ndjson")]
    [InlineData("x.json", "{\n\"a\":1}\n", "json", "json")]
    [InlineData("X.JSONL", "{}", "json", "ndjson")]
    [InlineData("x.lp", "m f=1", "line-protocol", "lp")]
    [InlineData("x.dat", "\uFEFF {\"a\":1}\n{\"a\":2}", "json", "ndjson")]
    [InlineData("x.dat", "a,b\n", "json", "csv")]
    [InlineData("x.dat", "m f=1", "line-protocol", "lp")]
    [InlineData("application/x-ndjson", "{}", "json", "ndjson")]
    [InlineData("application/x-www-form-urlencoded", "a,b\n", "json", "csv")]
    [InlineData(null, "[1", "senml", "json")]
    public void Format_ByNameAndContent_IsTold(string? name, string head, string decoder, string format) =>
        Assert.Equal(format, ImportFormats.Tell(name, Encoding.UTF8.GetBytes(head), decoder).Name());

    [Theory]
    [InlineData("=1+1")]
    [InlineData("-3.5")]
    [InlineData("@x")]
    [InlineData("'=x")]
    [InlineData("''")]
    [InlineData("plain")]
    [InlineData("")]
    public void Guard_OfAnyCell_IsNoFormulaAndCanBeUndone(string cell)
    {
        string guarded = FormulaGuard.Do(cell);
        Assert.DoesNotContain(guarded.FirstOrDefault(), "=+-@\t\r");
        Assert.Equal(cell, FormulaGuard.Undo(guarded).ToString());
    }

    private static async Task<List<string>> ReadAsync(Stream input, ReadTerms terms)
    {
        List<string> read = [];
        using IRowReader rows = RowReaders.Open(input, terms, Ct);
        while (await rows.ReadAsync(Ct))
        {
            string fault = rows.Fault is { } why ? " " + CityPerception.Observability.IngestMetrics.ReasonNames[why.Reason] : "";
            read.Add($"{rows.Row} {Encoding.UTF8.GetString(rows.Document.Span)}{fault}");
        }

        return read;
    }

    /// <summary>Gives one byte at a time.</summary>
    private sealed class DripStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }
}
