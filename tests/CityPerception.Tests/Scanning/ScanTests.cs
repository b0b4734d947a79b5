using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CityPerception.Core.Cases;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using CityPerception.FieldReports;
using CityPerception.Storage.Cases;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Links;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Auditing;
using CityPerception.Storage.Operations.Devices;
using CityPerception.Storage.Spooling;
using CityPerception.Storage.Stores;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Cli;
using CityPerception.Tests.DeadLetters;
using CityPerception.Tests.FieldReports;
using CityPerception.Tests.Imports;
using CityPerception.Tests.Simulation;
using CityPerception.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;

namespace CityPerception.Tests.Scanning;

/// <summary>Whether what residents say of themselves comes to rest anywhere, and whether the command that says no would see it.</summary>
public sealed class ScanTests
{
    /// <summary>One of each kind that is masked.</summary>
    private static readonly string[] Secrets = ["13812345678", "11010519491231002X", "4111111111111111", "D12345", "张三丰", "wang.wu@example.com", "2123456"];

    private const string Said = "联系人：张三丰，电话13812345678或0355-2123456，身份证11010519491231002X，卡号4111111111111111，车晋D12345，邮箱wang.wu@example.com";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scan_AfterEverythingWasSaidByEveryWay_FindsNothing()
    {
        using var folder = new TempFolder();
        string data = folder.File("data"), log = folder.File("server.log");
        await using (Server server = await Server.StartAsync(data, null, ["Logging:Level=debug"]))
        {
            await SayAsync(server, folder);
            await server.WaitUntilDrainedAsync();
            foreach (string page in (string[])["/api/deadletters?limit=100", "/metrics", "/healthz/ready"]) AssertClean(await server.Http.GetStringAsync(page, Ct));
            string[] ids = [.. JsonNode.Parse(await server.Http.GetStringAsync("/api/deadletters?limit=100", Ct))!["letters"]!.AsArray().Select(l => l!["id"]!.GetValue<string>())];
            Assert.NotEmpty(ids);
            foreach (string id in ids)
            {
                JsonNode letter = JsonNode.Parse(await server.Http.GetStringAsync("/api/deadletters/" + id, Ct))!;
                AssertClean(letter.ToString());
                AssertClean(letter["payloadText"]?.GetValue<string>() ?? "");
                Assert.Null(letter["payloadBase64"]);
            }

            await server.StopAsync();
            await File.WriteAllTextAsync(log, server.Printed, Ct);
        }

        (int exitCode, string output, string error) = await CliProcess.RunAsync(["scan", log, "--data", data]);
        Assert.True(exitCode == 0, output + error);
        Assert.Contains("Nothing found in", output, StringComparison.Ordinal);

        (exitCode, output, _) = await CliProcess.RunAsync(["scan", log, "--data", data, "--json"]);
        JsonNode[] places = [.. JsonNode.Parse(output)!["places"]!.AsArray().Select(p => p!)];
        Assert.All(places.Where(p => p["name"]!.GetValue<string>() is "store (duckdb)" or "operational database (sqlite)" or "files of spool" || p["name"]!.GetValue<string>() == log), p => Assert.True(p["texts"]!.GetValue<long>() > 0, p.ToString()));
        Assert.Contains("0 in plain, 8 encrypted", places.Single(p => p["name"]!.GetValue<string>() == "dead letters")["note"]!.GetValue<string>(), StringComparison.Ordinal);

        (_, string list, _) = await CliProcess.RunAsync(["deadletters", "list", "--data", data]);
        AssertClean(list);
    }

    [Fact]
    public async Task Scan_WhatLeaked_IsFoundInEachPlaceAndShownMasked()
    {
        using var folder = new TempFolder();
        string data = folder.File("data"), log = folder.File("server.log");
        var options = new StoreOptions();
        options.DuckDb.Path = Path.Combine(data, "cityperception.duckdb");
        await using (IStore store = Stores.Create(options, () => Ingest.Plan.Measurements, NullLoggerFactory.Instance, TimeProvider.System))
        {
            byte[] lines = Encoding.UTF8.GetBytes("""
                incident,category=event.advert,district=13812345678,state=reported severity=3i 1715000000000000000
                incident,category=event.advert,district=140403,state=reported case_id="11010519491231002X" 1715000001000000000

                """.ReplaceLineEndings("\n"));
            await store.WriteAsync(new LineBatch(lines, 2), Ct);
        }

        await using (Spool spool = Spool.Open(Path.Combine(data, "spool"), new SpoolOptions(), TimeProvider.System, NullLogger<Spool>.Instance))
        {
            // A count that looks like a phone's number is none.
            Assert.True(spool.TryAppend("host_disk,host=a free=13912345678i 1\nincident,state=reported text=\"卡号4111111111111111\" 1\n"u8, 2, 1, out long receipt));
            await spool.WaitDurableAsync(receipt, Ct);
        }

        await Letters.WriteAsync(data, [Letters.Good(1) with { Payload = Encoding.UTF8.GetBytes(new JsonObject { ["note"] = "我叫张三丰" }.ToJsonString()) }]);
        await File.WriteAllTextAsync(log, JsonSerializer.Serialize(new { Message = "车 晋D12345 停" }) + "\nall is well\n", Ct);

        string photos = Directory.CreateDirectory(Path.Combine(data, "photos", "0f")).FullName, clean = Path.Combine(photos, "clean.jpg"), telling = Path.Combine(photos, "telling.jpg");
        await File.WriteAllBytesAsync(clean, PhotoEncoder.Encode(Pictures.JpegWithExif(400, 300))!, Ct);
        await File.WriteAllBytesAsync(telling, Pictures.JpegWithExif(400, 300), Ct);

        (int exitCode, string output, _) = await CliProcess.RunAsync(["scan", log, "--data", data]);
        Assert.Equal(1, exitCode);
        Assert.Contains(telling + ": metadata (APP1)", output, StringComparison.Ordinal);
        Assert.DoesNotContain(clean, output, StringComparison.Ordinal);
        foreach (string place in (string[])["incident.district (tag): 138****5678", "incident.case_id at 2024-05-06T12:53:21.000Z: 110105********", "spool", "************1111", "我叫张**", log + ", byte 0", "晋D*****"])
            Assert.Contains(place, output, StringComparison.Ordinal);
        Assert.Contains("6 of ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("139****5678", output, StringComparison.Ordinal);
        AssertClean(output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Scan_OfTheOperationalDatabase_FindsWhatLeakedAndNoNamesOfStaff(bool isPostgres)
    {
        const string mail = "wang.wu@example.com";
        using var folder = new TempFolder();
        await using PostgresServer? postgres = isPostgres ? await PostgresServer.StartAsync(Ct) : null;
        string data = Directory.CreateDirectory(folder.File("data")).FullName, connection = postgres?.ConnectionString("city") ?? "";
        string[] scan = ["scan", "--data", data, .. postgres is null ? (string[])[] : ["--set", "Operations:Kind=postgresql", "--set", "Operations:Postgres=" + connection]];
        var databases = new OperationalDbs(new OperationsOptions { Kind = isPostgres ? OperationsKind.Postgresql : OperationsKind.Sqlite, SqlitePath = Path.Combine(data, "operations.db"), Postgres = connection });
        await databases.MigrateAsync(Ct);

        // Staff may sign in by an address, a hash is no number, and an id of ours may have the digits of one.
        Assert.True(await new AccessRegistry(databases, TimeProvider.System).AddUserAsync(mail, AccessSecrets.HashPassword("a long enough password"), [UserRoles.Operator], Ct));
        var audit = new AuditLog(databases, TimeProvider.System);
        await audit.AddAsync("user:" + mail, "user disable", mail, "console", "ok", Ct);
        await audit.AddAsync("user:" + mail, "GET /api/users/{name}", "name=" + mail, "127.0.0.1", "200", Ct);
        await AddAsync(databases, Case("C1", "", "note=1"), new Device { Id = "AQ-1", Note = "north gate", Credentials = { Credential("13812345678") } });
        (int exitCode, string output, string error) = await CliProcess.RunAsync(scan);
        Assert.True(exitCode == 0, output + error);
        Assert.Matches($@"operational database \({(isPostgres ? "postgresql" : "sqlite")}\) +[1-9]", output);

        await AddAsync(
            databases,
            Case("C2", "13812345678", "note=1"),
            Case("C3", "", "contact=11010519491231002X"),
            new Device { Id = "AQ-2", Note = "ask 联系人：张三丰" },
            new AppealVerdict { First = Guid.NewGuid(), Second = Guid.NewGuid(), FirstId = "1", SecondId = "2", Reason = "车 晋D12345 停", By = mail });
        await audit.AddAsync("nobody", "GET /api/cases/{id}", "id=4111111111111111", "127.0.0.1", "404", Ct);
        (exitCode, output, _) = await CliProcess.RunAsync(scan);
        Assert.Equal(1, exitCode);
        Assert.Contains("5 of ", output, StringComparison.Ordinal);
        foreach (string found in (string[])["cases.dept of 1/C2/hotline: 138****5678", "cases.events of 1/C3/hotline", "110105************", "devices.note of AQ-2", "联系人：张**", "appeal_verdicts.reason", "晋D*****", "audit.target", "************1111"])
            Assert.Contains(found, output, StringComparison.Ordinal);
        AssertClean(output);
    }

    private static CaseRow Case(string id, string dept, string otherTags)
    {
        var events = new CaseEvents();
        events.Add(new CaseEvent { Measurement = "case_event", State = "accepted", TimeNs = 1_715_000_000_000_000_000, OtherTags = otherTags });
        return new CaseRow { Edition = 1, Source = "hotline", Id = id, State = "accepted", District = "140403", Grid = "", Category = "noise", Dept = dept, Events = events.ToBytes() };
    }

    private static DeviceCredential Credential(string secret) => new() { Id = Guid.NewGuid(), DeviceId = "AQ-1", Secret = secret };

    private static async Task AddAsync(OperationalDbs databases, params object[] rows)
    {
        await using OperationalDb db = databases.CreateDbContext();
        db.AddRange(rows);
        await db.SaveChangesAsync(Ct);
    }

    [Fact]
    public async Task Scan_OfInfluxDb_FindsWhatLeakedAndElseNothing()
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        string database = InfluxServer.NewDatabaseName();
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        using var folder = new TempFolder();
        string[] scan = ["scan", "--data", Directory.CreateDirectory(folder.File("data")).FullName, .. set.SelectMany(s => (string[])["--set", s])];
        await influx.QueryAsync($"CREATE DATABASE {database}", Ct);
        await influx.WriteAsync(database, "incident,state=reported text=\"联系人张*，电话138****5678\",severity=3 1\n", Ct);
        (int exitCode, string output, string error) = await CliProcess.RunAsync(scan, environment);
        Assert.True(exitCode == 0, output + error);

        await influx.WriteAsync(database, "incident,state=13812345678 text=\"联系人张三丰\" 2\n", Ct);
        (exitCode, output, _) = await CliProcess.RunAsync(scan, environment);
        Assert.Equal(1, exitCode);
        Assert.Contains("incident.state (tag): 138****5678", output, StringComparison.Ordinal);
        Assert.Contains("incident.text at 1970-01-01T00:00:00.000Z: 联系人张**", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_StoreThatAServerHolds_SaysSoAndProvesNothing()
    {
        using var folder = new TempFolder();
        await using Server server = await Server.StartAsync(folder.File("data"));
        (await server.PostAsync("/ingest/grid-incident", Incident("140403"))).Dispose();
        await server.WaitUntilDrainedAsync();
        (int exitCode, _, string error) = await CliProcess.RunAsync(["scan", "--data", folder.File("data")]);
        Assert.Equal(1, exitCode);
        Assert.Contains("held by another process", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letter_OfPeople_IsShownMaskedOpenedOnlyByItsKeyAndReplayedAsItCame()
    {
        using var folder = new TempFolder();
        string data = folder.File("data");
        await using (Server server = await Server.StartAsync(data))
        {
            (await server.PostAsync("/ingest/grid-incident", Incident("火星区"))).Dispose();
            await server.StopAsync();
        }

        DeadLetter letter = Assert.Single(Letters.In(data));
        string id = letter.Id.ToString();
        Assert.Equal(Incident("火星区"), Encoding.UTF8.GetString(letter.Payload.Span));
        (int exitCode, string shown, _) = await CliProcess.RunAsync(["deadletters", "show", id, "--data", data]);
        Assert.Equal(0, exitCode);
        Assert.Contains("电话138****5678", shown, StringComparison.Ordinal);
        Assert.Contains("masked; --raw shows", shown, StringComparison.Ordinal);
        AssertClean(shown);
        (exitCode, shown, string said) = await CliProcess.RunAsync(["deadletters", "show", id, "--raw", "--json", "--data", data]);
        Assert.Equal(0, exitCode);
        Assert.Contains("not masked", said, StringComparison.Ordinal);
        Assert.Equal(Incident("火星区"), JsonNode.Parse(shown)!["payloadText"]!.GetValue<string>());

        // Its key is away: it says so, and the rest goes on.
        string keys = Path.Combine(data, "keys", "letters"), away = folder.File("away");
        Directory.Move(keys, away);
        await Letters.WriteAsync(data, [Letters.Good(1)]);
        (exitCode, shown, _) = await CliProcess.RunAsync(["deadletters", "show", id, "--data", data]);
        Assert.Equal(0, exitCode);
        Assert.Contains("encrypted, and the key", shown, StringComparison.Ordinal);
        (exitCode, _, said) = await CliProcess.RunAsync(["deadletters", "show", id, "--raw", "--data", data]);
        Assert.Equal(1, exitCode);
        Assert.Contains("its key", said, StringComparison.Ordinal);
        (exitCode, shown, said) = await Letters.ReplayAsync(data, null);
        Assert.Equal(1, exitCode);
        Assert.Contains("1 of 2 letters replayed", said + shown, StringComparison.Ordinal);

        Directory.Move(away, keys);
        using var config = new ConfigCopy();
        config.Replace("lookups/districts.csv", "城区,140403\n", "城区,140403\n火星区,140403\n");
        (exitCode, shown, said) = await Letters.ReplayAsync(data, config.Path);
        Assert.True(exitCode == 0, said + shown);
        await using (Server server = await Server.StartAsync(data, config.Path))
        {
            await server.WaitUntilDrainedAsync();
            await server.StopAsync();
        }

        Assert.Single(await Kept.PointsAsync(data, "incident", "elapsed_h"));
        (exitCode, shown, said) = await CliProcess.RunAsync(["scan", "--data", data]);
        Assert.True(exitCode == 0, shown + said);
    }

    /// <summary>By HTTP, MQTT, Open311, /write and imports, taken and refused.</summary>
    private static async Task SayAsync(Server server, TempFolder folder)
    {
        foreach (string district in (string[])["140403", "nowhere"]) (await server.PostAsync("/ingest/grid-incident", Incident(district))).Dispose();
        (await server.PostAsync("/ingest/nobody", Said)).Dispose();
        (await server.PostAsync("/ingest/grid-incident?contact=" + Uri.EscapeDataString(Said), "{" + Said)).Dispose();

        using (IMqttClient client = await MqttSender.ConnectAsync(server.MqttPort, "residents", Ct))
        {
            foreach ((string topic, string payload) in ((string, string)[])[("city/grid/140403/events", Incident("140403")), ("city/grid/140403/events", Incident("nowhere")), ("chat/13812345678", Said)])
                await client.PublishAsync(MqttSender.Message(topic, payload), Ct);
        }

        foreach (string service in (string[])["event.appearance", "nothing"])
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["service_code"] = service,
                ["lat"] = "36.2011",
                ["long"] = "113.1187",
                ["description"] = Said,
                ["address_string"] = Said,
                ["first_name"] = "三丰",
                ["last_name"] = "张",
                ["phone"] = "13812345678",
                ["email"] = "wang.wu@example.com",
            });
            (await server.Http.PostAsync("/open311/v2/requests.json", form, Ct)).Dispose();
        }

        string line = $"incident,category=event.advert,state=reported case_id=\"W1\",text=\"{Said}\" 1715000000000000000\n";
        foreach (string written in (string[])[line, line.Replace("text=", "words=", StringComparison.Ordinal), $"diary text=\"{Said}\"\n"]) (await server.Http.PostAsync("/api/v2/write", new StringContent(written), Ct)).Dispose();

        string csv = ImportSamples.Header + string.Concat(new[] { "潞州区", "火星区" }.Select((d, i) => $"CZ0000000{i},2026-03-01 08:00:00,投诉,噪声扰民,\"{Said}\",{d}\n"));
        (await server.Http.PostAsync("/api/imports/hotline-export", new StringContent(csv), Ct)).Dispose();
        string input = folder.File("tickets.csv");
        await File.WriteAllTextAsync(input, csv, Ct);
        await ImportSamples.RunAsync(folder.File("data"), "hotline-export", input);
    }

    private static string Incident(string district) => new JsonObject
    {
        ["caseId"] = "G" + district.Length,
        ["state"] = "reported",
        ["time"] = "2024-05-06T07:08:09+08:00",
        ["category"] = "component.public_utility",
        ["severity"] = 3,
        ["elapsedHours"] = 1.5,
        ["district"] = district,
        ["unit"] = "住房和城乡建设局",
        ["text"] = Said,
        ["contact"] = "张三丰",
    }.ToJsonString();

    private static void AssertClean(string text)
    {
        foreach (string secret in Secrets) Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
    }
}
