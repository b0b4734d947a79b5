using System.Text;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;

namespace CityPerception.Cli;

/// <summary>A row of a table of devices.</summary>
internal readonly record struct DeviceRow(string Id, string? Note, CredentialArguments Credential);

/// <summary>Reads tables of devices: as lookups/*.csv, with the column id first.</summary>
internal static class DeviceFile
{
    private static readonly string[] Columns = ["id", "note", "password", "sas_key", "thumbprint", "frame_password"];

    /// <summary>Reads a table; null with its faults, which name lines and never a secret.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<DeviceRow>? Read(string file, ConfigFaults faults)
    {
        if (LookupReader.Read(file, File.ReadAllText(file), faults, minColumns: 1) is not { } table) return null;
        string[] unknown = [.. table.Columns.Where(c => !Columns.Contains(c))];
        foreach (string column in unknown)
            faults.Add(new ConfigPlace(file, 1, 1), "", $"the column \"{column}\"", string.Join(", ", Columns), Suggest.Closest(column, Columns));
        if (table.Columns[0] != Columns[0]) faults.Add(new ConfigPlace(file, 1, 1), "", $"{table.Columns[0]} as the first column", Columns[0]);
        return faults.All.Count > 0 ? null : [.. table.Rows.Select(Row)];
    }

    private static DeviceRow Row(LookupRow row)
    {
        return new DeviceRow(Encoding.UTF8.GetString(row.Get(0)), Cell("note"), new CredentialArguments(Cell("password"), Cell("sas_key"), Cell("thumbprint"), Cell("frame_password"), MakeSasKey: false));

        string? Cell(string column) => row.Get(column) is { Length: > 0 } text ? text : null;
    }
}
