using CityPerception.Core.Text;
using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Imports;

/// <summary><c>import</c> as its users have it: files of offices, corrected and repeated, with a server and without.</summary>
public sealed class ImportCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_OfTheSameExportInEveryForm_MakesTheSamePoints(bool withServer)
    {
        using var folder = new TempFolder();
        string data = folder.File("data");
        string csv = Copy(folder, "hotline.csv"), gb = Copy(folder, "hotline-gb18030.csv"), xlsx = Copy(folder, "hotline.xlsx");
        (long, double)[]? first = null;
        await using (Server? server = withServer ? await Server.StartAsync(data) : null)
        {
            foreach (string[] files in (string[][])[[csv], [gb], [xlsx, "--sheet", "工单"], [csv, "--restart"]])
            {
                (int exitCode, _, string said) = await ImportSamples.RunAsync(data, ["hotline-export", .. files]);
                Assert.Equal(1, exitCode); // two rows are refused
                Assert.Contains("4 rows, 9 observations, 2 rejected", said, StringComparison.Ordinal);
                Assert.Contains("row 4 rejected: $.工单编号: number_invalid: ", said, StringComparison.Ordinal);
                Assert.Contains("row 5 rejected: $.事发区县: lookup_missing: ", said, StringComparison.Ordinal);
                if (server is not null) await server.WaitUntilDrainedAsync();
                else Compare();
            }

            if (server is not null)
            {
                // Of the workbook, the id that lost digits never reaches the server.
                await Until.TrueAsync("the others are counted", async () => await server.MetricAsync("cityperception_ingest_rejected_total", "hotline-export") == 7, Ct);
                Assert.Equal(0, (await server.StopAsync()).ExitCode);
            }
        }

        Compare();
        Assert.Empty(Kept.AllLettersIn(data)); // they are beside the input

        void Compare()
        {
            (long, double)[] points = [.. Points(data).Order()];
            Assert.Equal(5, points.Length);
            Assert.Equal(first ??= points, points);
        }
    }

    [Fact]
    public async Task Rejections_CorrectedInTheirFile_AreImportedFromIt()
    {
        using var folder = new TempFolder();
        string data = folder.File("data"), input = folder.File("tickets.csv"), rejected = folder.File("tickets.rejected.csv");
        // Cells that a spreadsheet would run, which have to come back as they were.
        await File.WriteAllTextAsync(input, ImportSamples.Tickets(50, badEvery: 20).Replace("第40件，", "=HYPERLINK(1)", StringComparison.Ordinal), Ct);
        (int exitCode, _, string said) = await ImportSamples.RunAsync(data, "hotline-export", input);
        Assert.Equal(1, exitCode);
        Assert.Contains($"all 2 rejected are in {rejected}", said, StringComparison.Ordinal);
        Assert.Equal(48, Points(data).Count);

        string csv = await File.ReadAllTextAsync(rejected, Ct);
        Assert.Equal([0xEF, 0xBB, 0xBF], (await File.ReadAllBytesAsync(rejected, Ct))[..3]); // by the mark spreadsheets know UTF-8
        Assert.StartsWith("_row,_reason,_path,_found," + ImportSamples.Header.TrimEnd(), csv, StringComparison.Ordinal);
        Assert.Contains("\n21,lookup_missing,$.事发区县,no row for it in lookups/districts.csv,CZ00000020,", csv.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("\"'=HYPERLINK(1)", csv, StringComparison.Ordinal);
        await File.WriteAllTextAsync(rejected, csv.Replace("火星区", "郊区", StringComparison.Ordinal), Ct);

        (exitCode, _, said) = await ImportSamples.RunAsync(data, "hotline-export", rejected);
        Assert.True(exitCode == 0, said);
        Assert.Equal(50, Points(data).Count);
        Assert.Contains("=HYPERLINK(1) 夜里\"很吵\"", await TextsAsync(data), StringComparison.Ordinal);
        Assert.DoesNotContain("'=HYPERLINK", await TextsAsync(data), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_OfOtherFormats_TakesLinesElementsAndLineProtocol()
    {
        using var folder = new TempFolder();
        string data = folder.File("data"), ndjson = folder.File("air.ndjson"), json = folder.File("air.json"), lines = folder.File("noise.lp");
        string Air(int i) => $$$"""{"deviceId":"AQ-00001","ts":{{{1_760_000_000_000 + i}}},"data":{"pm25":{{{(i == 2 ? "\"high\"" : i)}}}}}""";
        await File.WriteAllTextAsync(ndjson, string.Concat(Enumerable.Range(0, 4).Select(i => Air(i) + "\n")), Ct);
        await File.WriteAllBytesAsync(json, Encodings.Gb18030.GetBytes($"[\n{string.Join(",\n", Enumerable.Range(3, 3).Select(Air))}]"), Ct);
        await File.WriteAllTextAsync(lines, "# exported\nnoise,device=NM-00001,district=140403 leq=50 1760000000\nnoise,device=NM-00001,district=140403 loud=1 1760000001\n", Ct);

        (int exitCode, _, string said) = await ImportSamples.RunAsync(data, "air-station", ndjson, json);
        Assert.Equal(1, exitCode);
        Assert.Contains("row 3 rejected: $.data.pm25: type_mismatch", said, StringComparison.Ordinal);
        Assert.StartsWith("{\"_rejected\":{\"row\":3,\"reason\":\"type_mismatch\",\"path\":\"$.data.pm25\",", await File.ReadAllTextAsync(folder.File("air.rejected.ndjson"), Ct), StringComparison.Ordinal);
        Assert.Equal([0, 1, 3, 4, 5], (await Kept.PointsAsync(data, "air_quality", "pm25")).Select(p => p.Value).Order());

        (exitCode, _, said) = await ImportSamples.RunAsync(data, "line-protocol", lines, "--precision", "s");
        Assert.Equal(1, exitCode);
        Assert.Contains("row 3 rejected: ", said, StringComparison.Ordinal);
        Assert.Equal((1_760_000_000_000_000_000, 50), Assert.Single(await Kept.PointsAsync(data, "noise", "leq")));
        Assert.Contains("field_unknown", await File.ReadAllTextAsync(folder.File("noise.rejected.lp"), Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_OfAFileThatIsDone_SaysSoAndBeginsAnewWhenItChanges()
    {
        using var folder = new TempFolder();
        string data = folder.File("data"), input = folder.File("tickets.csv");
        await File.WriteAllTextAsync(input, ImportSamples.Tickets(10), Ct);
        Assert.Equal(0, (await ImportSamples.RunAsync(data, "hotline-export", input)).ExitCode);
        (int exitCode, _, string said) = await ImportSamples.RunAsync(data, "hotline-export", input);
        Assert.Equal(0, exitCode);
        Assert.Contains("imported already, 10 rows, 20 observations, 0 rejected; --restart imports it again", said, StringComparison.Ordinal);

        await File.AppendAllTextAsync(input, ImportSamples.Ticket(11, "潞州区"), Ct);
        (exitCode, _, said) = await ImportSamples.RunAsync(data, "hotline-export", input);
        Assert.Equal(0, exitCode);
        Assert.Contains("the file has changed since it was imported", said, StringComparison.Ordinal);
        Assert.Equal(11, Points(data).Count);
    }

    [Theory]
    [InlineData("hotline-exprt t.csv", 2, "did you mean 'hotline-export'?")]
    [InlineData("hotline-export nowhere.csv", 2, "The file 'nowhere.csv' does not exist")]
    [InlineData("hotline-export t.csv --format cvs", 2, "--format is 'cvs'; allowed: auto, csv, xlsx, json, ndjson, lp")]
    [InlineData("hotline-export t.csv --encoding latin1", 2, "--encoding is 'latin1'")]
    [InlineData("hotline-export t.csv --set Store:Kind=oracle", 2, "Store:Kind is 'oracle'")]
    [InlineData("hotline-export", 2, "FILE")]
    [InlineData("telegraf t.csv", 1, "telegraf takes line protocol; found csv")]
    [InlineData("senml-gateway t.csv", 1, "which senml-gateway does not take (decode: senml)")]
    [InlineData("hotline-export t.csv --format lp", 1, "hotline-export does not take line protocol")]
    [InlineData("air-station t.csv", 1, "None of the columns 工单编号")]
    [InlineData("hotline-export t.csv --format xlsx", 1, "Not a workbook that can be read")]
    [InlineData("hotline-export half.csv", 1, "Every row was left out by the source's conditions")]
    public async Task Import_WrongArgumentOrFile_IsSaidInWords(string arguments, int expected, string says)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("t.csv"), ImportSamples.Tickets(1), Ct);
        await File.WriteAllTextAsync(folder.File("half.csv"), "工单编号,诉求类型\nCZ00000001,投诉\n", Ct);
        string[] words = [.. arguments.Split(' ').Select(w => w is "t.csv" or "half.csv" ? folder.File(w) : w)];
        (int exitCode, _, string error) = await ImportSamples.RunAsync(folder.File("data"), words);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Equal(expected, exitCode);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static string Copy(TempFolder folder, string fixture)
    {
        string copy = folder.File(fixture);
        File.Copy(ImportSamples.Fixture(fixture), copy);
        return copy;
    }

    private static List<(long TimeNs, double Value)> Points(string data) =>
        Kept.PointsAsync(data, "hotline_ticket", "elapsed_h").GetAwaiter().GetResult();

    private static async Task<string> TextsAsync(string data)
    {
        using var connection = new DuckDB.NET.Data.DuckDBConnection($"Data Source={Path.Combine(data, "cityperception.duckdb")};ACCESS_MODE=READ_ONLY");
        await connection.OpenAsync(Ct);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT string_agg(text, '|') FROM hotline_ticket";
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}
