package eval

import (
	"math"
	"slices"
)

// Logistic is a logistic regression's coefficients, one for each feature; a constant feature is the intercept.
type Logistic []float64

// FitLogistic fits by Newton's method, with weights for the rows and a penalty on the squared distance of the coefficients from
// prior: what is believed before the rows are seen. It is deterministic.
func FitLogistic(rows [][]float64, labels []bool, weights []float64, prior Logistic, penalty float64) Logistic {
	n := len(prior)
	w := slices.Clone(prior)
	for range 30 {
		gradient, hessian := make([]float64, n), make([][]float64, n)
		for i := range hessian {
			hessian[i] = make([]float64, n)
			gradient[i] = penalty * (prior[i] - w[i])
			hessian[i][i] = penalty
		}
		for r, row := range rows {
			p := w.Probability(row)
			d := -p
			if labels[r] {
				d = 1 - p
			}
			curve := math.Max(p*(1-p), 1e-6)
			for i, x := range row {
				if x == 0 {
					continue
				}
				gradient[i] += weights[r] * d * x
				for j, y := range row {
					hessian[i][j] += weights[r] * curve * x * y
				}
			}
		}
		step := solve(hessian, gradient)
		largest := 0.0
		for i := range w {
			w[i] += step[i]
			largest = math.Max(largest, math.Abs(step[i]))
		}
		if largest < 1e-6 {
			break
		}
	}
	return w
}

// Probability returns the probability of the positive class.
func (w Logistic) Probability(row []float64) float64 {
	sum := 0.0
	for i, x := range row {
		sum += w[i] * x
	}
	return 1 / (1 + math.Exp(-sum))
}

// solve solves a symmetric positive system by Gauss's elimination with pivots; it destroys its arguments.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		pivot := i
		for r := i + 1; r < n; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[pivot][i]) {
				pivot = r
			}
		}
		a[i], a[pivot] = a[pivot], a[i]
		b[i], b[pivot] = b[pivot], b[i]
		for r := i + 1; r < n; r++ {
			f := a[r][i] / a[i][i]
			for c := i; c < n; c++ {
				a[r][c] -= f * a[i][c]
			}
			b[r] -= f * b[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for c := i + 1; c < n; c++ {
			b[i] -= a[i][c] * b[c]
		}
		b[i] /= a[i][i]
	}
	return b
}
