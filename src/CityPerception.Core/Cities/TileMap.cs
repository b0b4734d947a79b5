namespace CityPerception.Core.Cities;

/// <summary>
/// A schematic map: a tile of equal size for each district, arranged as the seats of government lie to one another. It
/// claims no boundaries, which only an approved map may show.
/// </summary>
public sealed class TileMap
{
    // Some tiles stay empty, so that a district need not leave its neighbours.
    private const double CellsPerDistrict = 1.3;

    private readonly (double X, double Y)[] _wanted;
    private readonly int[] _cellOf;

    private TileMap(IReadOnlyList<District> districts)
    {
        Districts = districts;
        Columns = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(CellsPerDistrict * districts.Count)));
        Rows = Math.Max(1, (int)Math.Ceiling(CellsPerDistrict * districts.Count / Columns));
        double[] x = Ranks(districts, static d => d.Longitude), y = Ranks(districts, static d => -d.Latitude);
        _wanted = [.. districts.Select((_, i) => (x[i] * (Columns - 1), y[i] * (Rows - 1)))];
        _cellOf = [.. Enumerable.Range(0, districts.Count)];
        while (Improve()) { }
    }

    public IReadOnlyList<District> Districts { get; }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>Arranges the districts; the same ones always alike.</summary>
    public static TileMap Of(IReadOnlyList<District> districts) => new(districts);

    /// <summary>Where a district's tile lies, from the north-west.</summary>
    /// <param name="index">Of the district in <see cref="Districts"/>.</param>
    public (int Column, int Row) this[int index] => (_cellOf[index] % Columns, _cellOf[index] / Columns);

    // Moves or swaps as long as districts come nearer to where they belong: each step shortens the sum, so it ends.
    private bool Improve()
    {
        bool improved = false;
        for (int i = 0; i < _cellOf.Length; i++)
        {
            for (int cell = 0; cell < Columns * Rows; cell++)
            {
                int other = Array.IndexOf(_cellOf, cell);
                if (other == i) continue;
                double now = Cost(i, _cellOf[i]) + (other < 0 ? 0 : Cost(other, cell));
                double then = Cost(i, cell) + (other < 0 ? 0 : Cost(other, _cellOf[i]));
                if (then >= now - 1e-9) continue;
                if (other >= 0) _cellOf[other] = _cellOf[i];
                _cellOf[i] = cell;
                improved = true;
            }
        }

        return improved;
    }

    private double Cost(int district, int cell)
    {
        double dx = _wanted[district].X - cell % Columns, dy = _wanted[district].Y - cell / Columns;
        return dx * dx + dy * dy;
    }

    // By rank and not by degrees: districts crowd around a city's centre.
    private static double[] Ranks(IReadOnlyList<District> districts, Func<District, double> by)
    {
        double[] values = [.. districts.Select(by)], sorted = [.. values.Order()];
        return [.. values.Select(v => sorted.Length < 2 ? 0 : (double)Array.IndexOf(sorted, v) / (sorted.Length - 1))];
    }
}
