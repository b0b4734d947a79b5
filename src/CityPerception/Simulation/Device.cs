using System.Globalization;
using nietras.SeparatedValues;

namespace CityPerception.Simulation;

/// <summary>
/// A row of stations.csv: where a device stands and what it watches. Its id begins with two letters for the kind:
/// AQ air, NM noise, WQ water, MH manhole, LP lamp, FG flood, WX weather, SM a small station that speaks SenML.
/// </summary>
internal sealed record Device(string Id, string District, string Grid, string Category, double Lat, double Lon, string Name)
{
    public string Kind => Id[..2];

    /// <summary>So many of the devices, evenly over the list, which goes kind by kind and district by district.</summary>
    public static IReadOnlyList<Device> Thin(IReadOnlyList<Device> devices, int most) =>
        devices.Count <= most ? devices : [.. Enumerable.Range(0, most).Select(i => devices[(int)((long)i * devices.Count / most)])];

    /// <exception cref="InvalidDataException">The file cannot be read as a list of devices, or has none.</exception>
    public static IReadOnlyList<Device> ReadAll(string file)
    {
        if (!File.Exists(file))
            throw new InvalidDataException($"The simulated city has no devices: {Path.GetFullPath(file)} does not exist. Name a stations.csv (device,district,grid,category,lat,lon,name).");

        using SepReader reader = Sep.Reader(o => o with { Unescape = true }).FromFile(file);
        var devices = new List<Device>();
        foreach (SepReader.Row row in reader)
        {
            string Text(SepReader.Row row, string column) =>
                reader.Header.TryIndexOf(column, out int at)
                    ? row[at].ToString()
                    : throw new InvalidDataException($"{file}: there is no column '{column}'.");

            double Degrees(SepReader.Row row, string column) =>
                double.TryParse(Text(row, column), NumberStyles.Float, CultureInfo.InvariantCulture, out double degrees)
                    ? degrees
                    : throw new InvalidDataException($"{file}:{row.LineNumberFrom}: '{Text(row, column)}' in column '{column}' is not a number of degrees.");

            devices.Add(new Device(Text(row, "device"), Text(row, "district"), Text(row, "grid"), Text(row, "category"),
                Degrees(row, "lat"), Degrees(row, "lon"), Text(row, "name")));
        }

        return devices.Count > 0 ? devices : throw new InvalidDataException($"{file} has no rows.");
    }
}
