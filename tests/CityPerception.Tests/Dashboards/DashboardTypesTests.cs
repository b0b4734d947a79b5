using System.Diagnostics;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;

namespace CityPerception.Tests.Dashboards;

/// <summary>The dashboards are what Grafana's own types say, by the TypeScript compiler.</summary>
public sealed class DashboardTypesTests
{
    private const string Options = """
        { "compilerOptions": { "strict": true, "noEmit": true, "skipLibCheck": true, "module": "esnext", "moduleResolution": "bundler", "target": "es2022", "types": [] }, "include": ["*.ts"] }
        """;

    private static readonly string Foreign = RepositoryFolder.Find("tests/CityPerception.Tests/Foreign");

    [Fact]
    public async Task Dashboards_AreOfGrafanasTypes()
    {
        (int exitCode, string printed) = await CompileAsync(static text => text);
        Assert.True(exitCode == 0, printed);
    }

    [Theory]
    [InlineData("\"colorMode\": \"background\"", "\"colorMode\": \"backgrond\"")]
    [InlineData("\"mode\": \"absolute\"", "\"mode\": \"absolut\"")]
    [InlineData("\"lineWidth\": 1", "\"lineWidht\": 1")]
    [InlineData("\"mergeValues\"", "\"mergeVals\"")]
    [InlineData("\"weekStart\"", "\"weekstart\"")]
    [InlineData("\"h\": 4", "\"h\": \"4\"")]
    public async Task Dashboard_WithAMistake_IsNot(string right, string wrong)
    {
        (int exitCode, string printed) = await CompileAsync(text => text.Replace(right, wrong, StringComparison.Ordinal), "city");
        Assert.NotEqual(0, exitCode);
        Assert.StartsWith("city.ts(", printed, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Printed)> CompileAsync(Func<string, string> change, string? only = null)
    {
        string node = MissingServer.Find("node", "Debian: apt-get install nodejs npm."), modules = Path.Combine(Foreign, "node_modules");
        if (!Directory.Exists(Path.Combine(modules, "@grafana", "schema"))) MissingServer.Missing("@grafana/schema", $"npm ci in {Foreign}, which tests/run.sh does.");
        using var folder = new TempFolder();
        Directory.CreateSymbolicLink(folder.File("node_modules"), modules);
        File.WriteAllText(folder.File("tsconfig.json"), Options);
        File.Copy(Path.Combine(Foreign, "grafana.ts"), folder.File("grafana.ts"));
        foreach (string file in Directory.GetFiles(Path.Combine(PanelFile.Folder, "cityperception"), $"{only ?? "*"}.json"))
        {
            string text = change(File.ReadAllText(file));
            File.WriteAllText(folder.File(Path.GetFileNameWithoutExtension(file) + ".ts"), $"import type {{ DashboardFile }} from './grafana';\nexport const dashboard: DashboardFile = {text};\n");
        }

        using Process compiler = Process.Start(new ProcessStartInfo(node, [Path.Combine(modules, "typescript", "bin", "tsc"), "-p", "."]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true })!;
        string printed = await compiler.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await compiler.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (compiler.ExitCode, printed);
    }
}
