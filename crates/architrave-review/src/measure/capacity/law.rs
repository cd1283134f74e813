//! The universal scalability law, fitted to a sweep: `X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))`
//! (Gunther, Guerrilla Capacity Planning, 2007).
//!
//! Written here because the errors that count are relative ones: an absolute least-squares fit is drawn to the largest
//! throughputs and was off by 40 % at one client on a published data set. A linear fit on `N / X` gives the start,
//! Levenberg-Marquardt on `log X` with logarithms of the parameters the rest, so that none becomes negative.

use architrave_model::{capacity::Fit, measurement::SweepPoint};

/// Above this relative error at any measured point the law says nothing about this system.
pub(super) const RESIDUAL_MAX: f64 = 0.15;
/// Fewer points fit anything: there are three parameters, and one to disagree.
const POINTS_MIN: usize = 4;
/// The method settles within a dozen rounds or not at all.
const ROUNDS_MAX: usize = 200;
/// Parameters below this change no throughput that can be measured.
const TINY: f64 = 1e-12;

/// A fitted law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Law {
    /// Throughput of one client, per second.
    pub(super) lambda: f64,
    /// Contention.
    pub(super) sigma: f64,
    /// Coherency.
    pub(super) kappa: f64,
    /// Largest relative error at a measured point.
    pub(super) residual: f64,
    /// The most clients at which it was measured.
    pub(super) clients_max: f64,
}

impl Law {
    /// Throughput of so many clients, per second.
    pub(super) fn throughput(&self, clients: f64) -> f64 {
        model([self.lambda, self.sigma, self.kappa], clients)
    }

    /// Clients at which throughput is largest; none where it never falls.
    pub(super) fn clients_at_peak(&self) -> Option<f64> {
        (self.kappa > TINY * 10.0)
            .then(|| ((1.0 - self.sigma).max(0.0) / self.kappa).sqrt().max(1.0))
    }

    /// Time to an answer at a throughput, in seconds: the smaller root of
    /// `kappa X N^2 + (X (sigma - kappa) - lambda) N + X (1 - sigma) = 0`, divided by X (Little). None beyond the peak.
    pub(super) fn response_time(&self, per_s: f64) -> Option<f64> {
        let a = self.kappa * per_s;
        let b = per_s * (self.sigma - self.kappa) - self.lambda;
        let c = per_s * (1.0 - self.sigma);
        let under = b * b - 4.0 * a * c;
        if per_s <= 0.0 || under < 0.0 || b >= 0.0 {
            return None;
        }
        // The form that loses no digits where kappa is next to nothing.
        Some(2.0 * c / (-b + under.sqrt()) / per_s)
    }

    /// As documents tell it.
    pub(super) fn told(&self) -> Fit {
        Fit {
            lambda_milli_per_s: whole(self.lambda * 1e3),
            sigma_ppb: whole(self.sigma * 1e9),
            kappa_ppb: whole(self.kappa * 1e9),
            residual_ppm_max: whole(self.residual * 1e6),
            clients_measured_max: whole(self.clients_max),
        }
    }
}

/// Fits the law.
///
/// # Errors
/// Why it cannot be fitted or says nothing, one sentence.
pub(super) fn fit(sweep: &[SweepPoint]) -> Result<Law, String> {
    let points: Vec<(f64, f64)> = sweep
        .iter()
        .filter(|it| it.clients > 0 && it.milli_per_s > 0)
        .map(|it| (float(it.clients), float(it.milli_per_s) / 1e3))
        .collect();
    if points.len() < POINTS_MIN {
        return Err(format!(
            "the sweep has {} usable points, and a law with three parameters needs {POINTS_MIN}: no curve is drawn beyond what was measured",
            points.len()
        ));
    }
    let parameters = refine(&points, start(&points));
    let [lambda, sigma, kappa] = parameters;
    let error = |it: &(f64, f64)| ((model(parameters, it.0) - it.1) / it.1).abs();
    let residual = points.iter().map(error).fold(0.0, f64::max);
    let clients_max = points.iter().map(|it| it.0).fold(0.0, f64::max);
    if !residual.is_finite() || residual > RESIDUAL_MAX {
        return Err(format!(
            "the sweep does not follow the universal scalability law: the best fit is off by {} % at one point, {} % is the most that is believed; nothing is drawn out beyond what was measured",
            whole(residual * 100.0),
            whole(RESIDUAL_MAX * 100.0)
        ));
    }
    Ok(Law { lambda, sigma, kappa, residual, clients_max })
}

fn model([lambda, sigma, kappa]: [f64; 3], n: f64) -> f64 {
    lambda * n / (1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0))
}

/// `N / X = a + b (N - 1) + c N (N - 1)` is linear: lambda = 1 / a, sigma = b / a, kappa = c / a.
fn start(points: &[(f64, f64)]) -> [f64; 3] {
    let rows = points.iter().map(|(n, x)| ([1.0, n - 1.0, n * (n - 1.0)], n / x));
    let mut normal = [[0.0; 3]; 3];
    let mut right = [0.0; 3];
    for (row, value) in rows {
        add_row(&mut normal, &mut right, row, value);
    }
    let [a, b, c] = solve(normal, right).unwrap_or([0.0; 3]);
    let first = points.first().map_or(1.0, |(n, x)| x / n);
    let lambda = if a > 0.0 { 1.0 / a } else { first };
    [lambda.max(TINY), (b * lambda).clamp(1e-6, 1.0), (c * lambda).max(1e-9)]
}

/// Levenberg-Marquardt on the logarithms.
fn refine(points: &[(f64, f64)], start: [f64; 3]) -> [f64; 3] {
    let mut best = start;
    let mut error = squares(points, best);
    let mut damping = 1e-3;
    for _ in 0..ROUNDS_MAX {
        let step = step(points, best, damping);
        let tried = step.map(|it| moved(best, it));
        let tried_error = tried.map_or(f64::INFINITY, |it| squares(points, it));
        match tried {
            Some(tried) if tried_error < error => {
                let gained = (error - tried_error) / error.max(TINY);
                (best, error, damping) = (tried, tried_error, damping / 3.0);
                if gained < 1e-12 {
                    break;
                }
            }
            _ => damping *= 4.0,
        }
        if damping > 1e12 {
            break;
        }
    }
    best
}

fn moved(from: [f64; 3], step: [f64; 3]) -> [f64; 3] {
    let [a, b, c] = from;
    let [i, j, k] = step.map(|it| it.clamp(-5.0, 5.0).exp());
    [(a * i).max(TINY), (b * j).clamp(TINY, 1.0), (c * k).max(TINY)]
}

fn squares(points: &[(f64, f64)], parameters: [f64; 3]) -> f64 {
    points.iter().map(|(n, x)| (model(parameters, *n).ln() - x.ln()).powi(2)).sum()
}

/// The damped step in the logarithms; none where the equations have no solution.
fn step(points: &[(f64, f64)], [lambda, sigma, kappa]: [f64; 3], damping: f64) -> Option<[f64; 3]> {
    let mut normal = [[0.0; 3]; 3];
    let mut right = [0.0; 3];
    for (n, x) in points {
        let below = 1.0 + sigma * (n - 1.0) + kappa * n * (n - 1.0);
        let slopes = [1.0, -sigma * (n - 1.0) / below, -kappa * n * (n - 1.0) / below];
        add_row(&mut normal, &mut right, slopes, x.ln() - model([lambda, sigma, kappa], *n).ln());
    }
    for (at, row) in normal.iter_mut().enumerate() {
        if let Some(diagonal) = row.get_mut(at) {
            *diagonal = *diagonal * (1.0 + damping) + 1e-15;
        }
    }
    solve(normal, right)
}

fn add_row(normal: &mut [[f64; 3]; 3], right: &mut [f64; 3], row: [f64; 3], value: f64) {
    for ((line, result), a) in normal.iter_mut().zip(right.iter_mut()).zip(row) {
        for (cell, b) in line.iter_mut().zip(row) {
            *cell += a * b;
        }
        *result += a * value;
    }
}

/// Cramer's rule; three unknowns need no library.
fn solve(m: [[f64; 3]; 3], r: [f64; 3]) -> Option<[f64; 3]> {
    let whole = determinant(m);
    if !whole.is_finite() || whole.abs() < f64::MIN_POSITIVE {
        return None;
    }
    let with = |column: usize| {
        let mut changed = m;
        for (line, value) in changed.iter_mut().zip(r) {
            if let Some(cell) = line.get_mut(column) {
                *cell = value;
            }
        }
        determinant(changed) / whole
    };
    let found = [with(0), with(1), with(2)];
    found.iter().all(|it| it.is_finite()).then_some(found)
}

fn determinant([[a, b, c], [d, e, f], [g, h, i]]: [[f64; 3]; 3]) -> f64 {
    a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
}

/// The nearest whole number; 0 for what is none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded right before")]
pub(super) fn whole(value: f64) -> u64 {
    if value.is_finite() { value.round().clamp(0.0, 9e18) as u64 } else { 0 }
}

#[expect(clippy::cast_precision_loss, reason = "measured values have far fewer than 53 bits")]
pub(super) fn float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data of the README of the R package `usl` (SPEC SDM91 benchmark, Gunther 2007).
    const SDM91: &[(u64, u64)] =
        &[(1, 65), (18, 996), (36, 1652), (72, 1853), (108, 1829), (144, 1775), (216, 1702)];

    fn sweep(points: &[(u64, u64)]) -> Vec<SweepPoint> {
        let point = |it: &(u64, u64)| SweepPoint { clients: it.0, milli_per_s: it.1 * 1_000 };
        points.iter().map(point).collect()
    }

    fn is_near(found: f64, expected: f64, of: f64) {
        assert!((found - expected).abs() <= expected * of, "{found} is not near {expected}");
    }

    #[test]
    fn a_published_sweep_is_fitted_by_relative_error() {
        let law = fit(&sweep(SDM91)).unwrap();
        is_near(law.lambda, 68.0, 0.02);
        is_near(law.sigma, 0.0135, 0.05);
        is_near(law.kappa, 0.000_115, 0.05);
        let peak = law.throughput(law.clients_at_peak().unwrap());
        is_near(peak, 1_960.0, 0.01);
    }

    #[test]
    fn the_time_to_an_answer_counts_coherency() {
        // The parameters that a fit by absolute error finds in the same sweep; without kappa they say 20.1 and 24.3 ms.
        let (lambda, sigma, kappa) = (89.995, 0.027_72, 0.000_104_37);
        let law = Law { lambda, sigma, kappa, residual: 0.0, clients_max: 216.0 };
        is_near(law.response_time(1_500.0).unwrap(), 0.022_4, 0.01);
        is_near(law.response_time(1_800.0).unwrap(), 0.033_7, 0.02);
        assert!(law.response_time(3_000.0).is_none());
        assert!(law.response_time(0.0).is_none());
    }

    #[test]
    fn an_exact_law_is_found_again() {
        let of = |n: u64| whole(model([1_000.0, 0.02, 0.000_5], float(n)));
        let points: Vec<_> = [1, 2, 4, 8, 16, 32, 64].map(|n| (n, of(n))).to_vec();
        let law = fit(&sweep(&points)).unwrap();
        is_near(law.lambda, 1_000.0, 0.005);
        is_near(law.sigma, 0.02, 0.02);
        is_near(law.kappa, 0.000_5, 0.02);
    }

    /// Clients of a load run's sweep.
    const CLIENTS: [u64; 7] = [1, 2, 4, 8, 16, 32, 64];

    fn noisy(law: [f64; 3], errors: &[f64]) -> Vec<SweepPoint> {
        let points = CLIENTS.into_iter().zip(errors).map(|(clients, error)| SweepPoint {
            clients,
            milli_per_s: whole(model(law, float(clients)) * (1.0 + error) * 1e3),
        });
        points.collect()
    }

    proptest::proptest! {
        #[test]
        fn a_law_is_found_again_under_noise(
            lambda in 50.0..20_000.0_f64,
            sigma in 0.005..0.3_f64,
            kappa in 0.000_05..0.005_f64,
            errors in proptest::collection::vec(-0.02..0.02_f64, 7),
        ) {
            let truth = [lambda, sigma, kappa];
            let law = fit(&noisy(truth, &errors)).unwrap();
            is_near(law.lambda, lambda, 0.05);
            // Contention and coherency stand in for each other; what they say together is what counts: the curve, to
            // twice what was measured, as far as it may be drawn out.
            assert!(law.residual <= 0.04, "{law:?}");
            for clients in CLIENTS {
                is_near(law.throughput(float(clients)), model(truth, float(clients)), 0.04);
            }
            is_near(law.throughput(128.0), model(truth, 128.0), 0.12);
            // Little's law: as many clients as are there, each waiting for one answer.
            for clients in [1.0, 2.0, 4.0, 8.0] {
                let per_s = law.throughput(clients);
                if law.clients_at_peak().is_none_or(|it| clients < it * 0.9) {
                    is_near(law.response_time(per_s).unwrap() * per_s, clients, 0.01);
                }
            }
        }

        #[test]
        fn whatever_was_measured_is_fitted_within_bounds_or_refused(
            sweep in proptest::collection::vec((0..2_000_u64, 0..=u64::MAX), 0..40),
        ) {
            let point = |it: (u64, u64)| SweepPoint { clients: it.0, milli_per_s: it.1 };
            let sweep: Vec<SweepPoint> = sweep.into_iter().map(point).collect();
            match fit(&sweep) {
                Ok(law) => {
                    assert!(law.residual <= RESIDUAL_MAX && law.lambda > 0.0);
                    assert!((0.0..=1.0).contains(&law.sigma) && law.kappa > 0.0, "{law:?}");
                    assert!(law.throughput(law.clients_max).is_finite());
                }
                Err(why) => assert!(!why.is_empty()),
            }
        }
    }

    #[test]
    fn what_does_not_follow_the_law_is_refused() {
        let jagged = [(1, 100), (2, 190), (4, 90), (8, 700), (16, 300), (32, 900)];
        let refused = fit(&sweep(&jagged)).unwrap_err();
        assert!(refused.contains("does not follow"), "{refused}");
        assert!(fit(&sweep(&[(1, 100), (2, 200), (4, 390)])).unwrap_err().contains("3 usable"));
        assert!(fit(&[]).is_err());
        // The same number of clients throughout: any law would do.
        assert!(fit(&sweep(&[(4, 100), (4, 900), (4, 100), (4, 900)])).is_err());
    }
}
